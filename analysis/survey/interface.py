"""How does an analyst ask? One object that holds a sample and answers with result tables."""

from dataclasses import dataclass

import pandas as pd

from analysis.design import DesignColumns, DesignRules, LonelyPsu, check_design
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


def survey_design(
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
    """Describe how a frame of responses was sampled."""
    columns = DesignColumns(strata=strata, psu=psu, weights=weights, fpc=fpc, ssu=ssu, fpc2=fpc2)
    rules = DesignRules(
        nest=nest, lonely_psu=lonely_psu, adjust_domain_lonely=adjust_domain_lonely, implied_weights=True
    )
    design = check_design(frame, columns, rules)
    made = None if replicates is None else replicates_of(frame, design, replicates)
    return Survey(frame=frame, design=design, replicates=made)
