/**
 * By what part of its level a series grows from its first to its last value: the slope of Theil and Sen (the median of the slopes between
 * all pairs), which a few outliers do not move.
 */
export function growth(series: readonly number[]): number {
  const slopes = series.flatMap((value, index) => series.slice(index + 1).map((later, ahead) => (later - value) / (ahead + 1)))
  return (median(slopes) * (series.length - 1)) / median(series)
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2
}
