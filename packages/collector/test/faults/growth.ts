/**
 * By what part of its level a series grows from its first to its last value: the slope of Theil and Sen (the median of the slopes between
 * all pairs), which a few outliers do not move.
 */
export function growth(series: readonly number[]): number {
  const slopes = series.flatMap((value, index) => series.slice(index + 1).map((later, ahead) => (later - value) / (ahead + 1)))
  return (median(slopes) * (series.length - 1)) / median(series)
}

/**
 * By what part the peaks of a series grow from its middle third to its last. For memory, which is a saw: at little load V8 collects everything
 * a few times an hour, and where in it a series begins and ends makes a slope of its own.
 */
export function growthOfPeaks(series: readonly number[]): number {
  const third = Math.ceil(series.length / 3)
  const peak = (values: readonly number[]): number => Math.max(...values)
  return peak(series.slice(-third)) / peak(series.slice(-2 * third, -third)) - 1
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2
}
