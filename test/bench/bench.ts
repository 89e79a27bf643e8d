/** A run, as its parts see it. */
export interface Bench {
  /** Few repetitions: the whole bench in two minutes. */
  readonly quick: boolean
  /** Is this one to be measured? A run may be about a single thing. */
  wants (name: string): boolean
  print (line: string): void
  /** A goal that the run is judged by. */
  gate (name: string, isMet: boolean, text: string): void
  /** Figures for the file. */
  keep (name: string, figures: unknown): void
}

export type Part = (bench: Bench) => Promise<void>
