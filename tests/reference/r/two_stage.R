# Further numbers, from survey 4.1-1: two stages with finite populations, and strata with one PSU in a domain.
# Run in tests/reference:  Rscript r/two_stage.R
suppressMessages(library(survey)); options(digits = 17); data(api)
clus2 <- apiclus2[, c("stype", "dnum", "snum", "awards", "api00", "enroll", "pw", "fpc1", "fpc2")]
clus2$hi <- as.numeric(clus2$api00 >= 700)
write.csv(clus2, "data/apiclus2.csv", row.names = FALSE)
rows <- list()
emit <- function(design, statistic, variable, by, domain, e, s)
  rows[[length(rows) + 1]] <<- data.frame(design, statistic, variable, by, domain, estimate = as.numeric(e), se = as.numeric(s))
both <- function(id, d, variables, by) for (v in variables) {
  f <- as.formula(paste0("~", v)); g <- as.formula(paste0("~", by))
  for (st in c("mean", "total")) { fun <- if (st == "mean") svymean else svytotal
    r <- fun(f, d, na.rm = TRUE); emit(id, st, v, "", "", coef(r), SE(r))
    r <- suppressWarnings(svyby(f, g, d, fun, na.rm = TRUE)); for (i in seq_len(nrow(r))) emit(id, st, v, by, r[i, 1], coef(r)[i], SE(r)[i]) } }
both("two_stage", svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, weights = ~pw, data = clus2), c("api00", "enroll", "hi"), "awards")
both("two_stage_implied", svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = clus2), c("api00", "enroll"), "awards")
small <- subset(clus2, ave(snum, dnum, FUN = length) > 1); small$all <- length(unique(small$dnum))
both("every_psu", svydesign(id = ~dnum + snum, fpc = ~all + fpc2, weights = ~pw, data = small), c("api00", "enroll"), "stype")
# A domain that has one school in a stratum, with and without the adjustment
strat <- read.csv("data/apistrat.csv"); strat$some <- as.numeric(strat$snum %% 7 == 0 & strat$stype != "H" | strat$snum == min(strat$snum[strat$stype == "H"]))
for (op in c("adjust", "average")) for (adjust in c(FALSE, TRUE)) { options(survey.lonely.psu = op, survey.adjust.domain.lonely = adjust)
  d <- svydesign(id = ~1, strata = ~stype, weights = ~pw, data = strat); r <- suppressWarnings(svymean(~api00, subset(d, some == 1)))
  emit(paste("domain", op, adjust, sep = "_"), "mean", "api00", "some", "1", coef(r), SE(r)) }
options(survey.lonely.psu = "fail", survey.adjust.domain.lonely = FALSE)
t <- svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strat)
both("poststratified_across_strata", postStratify(t, ~sch_wide, data.frame(sch_wide = c("No", "Yes"), Freq = c(1072, 5122))), c("api00", "enroll"), "awards")
write.csv(do.call(rbind, rows), "two_stage.csv", row.names = FALSE)
