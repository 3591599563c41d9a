# The 28 scores of every commune and of the whole with R's survey: arguments are the CSV of scores and the result.
suppressPackageStartupMessages(library(survey))
arguments <- commandArgs(trailingOnly = TRUE)
d <- read.csv(arguments[1], colClasses = c(unit_code = "character", village = "character"))
items <- setdiff(names(d), c("unit_code", "village", "weight"))
scores <- split(items, substr(items, 1, 1))
scores$overall <- items
for (s in names(scores)) {
  d[[paste0("m_", s)]] <- rowSums(!is.na(d[scores[[s]]]))
  d[[paste0("x_", s)]] <- rowSums(d[scores[[s]]], na.rm = TRUE)
}
design <- svydesign(ids = ~village, weights = ~weight, data = d)
result <- list()
keep <- function(score, unit, estimate, se) {
  result[[length(result) + 1]] <<- data.frame(
    score = score, unit_code = unit, estimate = as.numeric(estimate), se = as.numeric(se)
  )
}
for (i in items) {
  by <- svyby(as.formula(paste0("~", i)), ~unit_code, design, svymean, na.rm = TRUE)
  keep(i, by$unit_code, by[[i]], SE(by))
  whole <- svymean(as.formula(paste0("~", i)), design, na.rm = TRUE)
  keep(i, "ALL", coef(whole), SE(whole))
}
for (s in names(scores)) {
  x <- as.formula(paste0("~x_", s))
  m <- as.formula(paste0("~m_", s))
  by <- svyby(x, ~unit_code, design, svyratio, denominator = m)
  keep(s, by$unit_code, by[[2]], SE(by))
  whole <- svyratio(x, m, design)
  keep(s, "ALL", coef(whole), SE(whole))
}
write.csv(do.call(rbind, result), arguments[2], row.names = FALSE)
