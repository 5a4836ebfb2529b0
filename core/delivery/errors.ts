/** The sums of a run do not close. Nothing is sent and nobody is charged until a person has looked */
export class RunArithmeticError extends Error {
  static code = 'E_RUN_ARITHMETIC'
  code = RunArithmeticError.code

  constructor(o: { runId: number; audience: number; rows: number; when: string }) {
    super(`Run ${o.runId}: audience ${o.audience} but ${o.rows} deliveries, ${o.when}`)
  }
}
