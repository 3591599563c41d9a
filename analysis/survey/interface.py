"""How does an analyst ask? One object that holds a sample and answers with result tables."""

from dataclasses import dataclass

import pandas as pd

from analysis.design import DesignColumns, DesignRules, LonelyPsu
from analysis.design.check import check_design
from analysis.survey import calibration, chisq, composite, contrasts, means, proportion, quantile
from analysis.survey.replicates import Kind, MadeReplicates, ReplicateWeights, replicates_of
from analysis.survey.sample import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey(Sample):
    """A checked sample; every estimator is a method (``help(Survey.mean)``) and returns one result table."""

    mean = means.mean
    total = means.total
    ratio = means.ratio
    proportion = proportion.proportion
    difference = contrasts.difference
    change = contrasts.change
    index = composite.index
    chisq = chisq.chisq
    quantile = quantile.quantile
    poststratify = calibration.poststratify
    rake = calibration.rake
    calibrate = calibration.calibrate
    weight_summary = calibration.weight_summary


def survey_design(  # noqa: PLR0913 - the columns of a design are the question itself
    frame: pd.DataFrame,
    *,
    strata: str | None = None,
    psu: str | None = None,
    weights: str | None = None,
    fpc: str | None = None,
    ssu: str | None = None,
    fpc2: str | None = None,
    nest: bool = False,
    lonely_psu: LonelyPsu = "fail",
    adjust_domain_lonely: bool = False,
    replicates: ReplicateWeights | MadeReplicates | Kind | None = None,
) -> Survey:
    """Describe how a frame of responses was sampled.

    Parameters
    ----------
    frame : DataFrame
        One row a response; kept as it is. Its index is the row number shown in complaints.
    strata, psu, weights, fpc : str, optional
        Columns of strata, primary sampling units, weights (> 0) and finite population of the PSUs of the stratum,
        as size (≥ 1) or fraction (0–1]. Without weights but with an FPC a response stands for 1/fraction units.
    ssu, fpc2 : str, optional
        Columns of second-stage units and of their number (or fraction) in the PSU. They count where ``fpc`` is
        given; without ``ssu`` every response is a second-stage unit.
    nest : bool
        PSU codes repeat in other strata and mean other PSUs there.
    lonely_psu : {"fail", "certainty", "adjust", "average", "remove"}
        What a stratum with one PSU adds to a variance: a refusal of every estimate that needs it; nothing
        (certainty and remove); its squared distance from the mean of all PSUs; the mean of the other strata.
    adjust_domain_lonely : bool
        Treat strata with one PSU inside a domain in the same way (adjust and average).
    replicates : ReplicateWeights, MadeReplicates or "JK1", "JKn", "BRR", "Fay", "bootstrap", optional
        Estimate variances from replicate weights, given or made from the design.

    Returns
    -------
    Survey
        With the methods mean, total, proportion, ratio, difference, change, index, chisq, quantile, poststratify,
        rake, calibrate and weight_summary.

    Raises
    ------
    DesignError
        For missing columns, blank codes, weights that are not positive, a PSU in two strata without ``nest``, an
        FPC that is not constant or smaller than the sample, and a first-stage FPC of 1 with subsampled PSUs and no
        second stage.
    UnusableReplicates
        For replicate weights that do not fit the frame or a method that does not fit the design.

    References
    ----------
    Lumley (2010), Complex Surveys, chapter 2; Wolter (2007), Introduction to Variance Estimation.

    Limits
    ------
    Two stages at most. Nothing here corrects for who chose to answer: voluntary samples are no probability
    samples.
    """
    columns = DesignColumns(strata=strata, psu=psu, weights=weights, fpc=fpc, ssu=ssu, fpc2=fpc2)
    rules = DesignRules(
        nest=nest, lonely_psu=lonely_psu, adjust_domain_lonely=adjust_domain_lonely, implied_weights=True
    )
    design = check_design(frame, columns, rules)
    made = None if replicates is None else replicates_of(frame, design, replicates)
    return Survey(frame=frame, design=design, replicates=made)
