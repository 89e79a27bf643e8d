/**
 * How different two colours look, levels of 255, from their differences in red, green and blue. Differences of hue count
 * half: compression blurs hue far beyond an edge, brightness it keeps.
 */
export function seenDifference (red: number, green: number, blue: number): number {
  const light = 0.299 * red + 0.587 * green + 0.114 * blue
  return Math.max(Math.abs(light), Math.abs(red - light) / 2, Math.abs(blue - light) / 2)
}
