/** Routes of the domain */
export function registerReportingRoutes(): void {
  return undefined
}
