/** Routes of the domain */
export function registerBillingRoutes(): void {
  return undefined
}
