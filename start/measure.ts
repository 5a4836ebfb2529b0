/** What a bench or a fault run gets: its options, a voice, and the processes that it may start and break */
export type MeasureContext = {
  readonly options: Readonly<Record<string, number | boolean>>
  /** Says a line for people on standard error; the figures alone go to standard output */
  readonly say: (line: string) => void
  /** The build that workers and web processes are started from */
  readonly root: URL
  readonly postgres: {
    /** Ends the server as a shutdown (`fast`) or as a crash does (`immediate`), waits, starts it again on the same port */
    restart(o: { mode: 'fast' | 'immediate'; awayMs?: number }): Promise<void>
  }
}

export type Figures = Readonly<Record<string, unknown>>

/** One thing that can be measured or broken. `load` is called in a booted application on a migrated, empty database */
export type Measure = {
  readonly about: string
  /** Options by name with their defaults; a number takes a whole number from 1 on */
  readonly options: Readonly<Record<string, number | boolean>>
  /** What `--quick` sets instead, where a short run is of use */
  readonly quick?: Readonly<Record<string, number | boolean>>
  readonly load: () => Promise<(context: MeasureContext) => Promise<Figures>>
}
