/** How far apart two labels have to stand at least, in pixels: days are written wide, figures are not high. */
const dayRoom = 58
const maxTicks = 4

/** The figures at a scale from zero to `top`: round ones, without halves, since what is counted has none. */
export function ticksOf(top: number): readonly number[] {
  const power = 10 ** Math.floor(Math.log10(Math.max(top / maxTicks, 1)))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => top / size <= maxTicks) ?? 10 * power
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, index) => index * step)
}

/** Every how many days one is written: by weeks where not all of them fit. */
export function dayStep(days: number, pixelsADay: number): number {
  const wanted = dayRoom / pixelsADay
  return [1, 2, 7, 14, 28, 56, 91, 182, 364, 728].find((step) => step >= wanted) ?? days
}
