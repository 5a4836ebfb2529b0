/** Routes of the domain */
export function registerLedgerRoutes(): void {
  return undefined
}
