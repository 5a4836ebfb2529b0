export type DeliveryKey = { readonly runId: number; readonly seq: number }

/**
 * The key of a delivery as logs, reports and plugins name it.
 *
 * @param text `run.seq`, for example `12.345`
 * @returns null when it is no key
 */
export function readDeliveryKey(text: string): DeliveryKey | null {
  const found = /^(\d{1,9})\.(\d{1,9})$/.exec(text)
  return found ? { runId: Number(found[1]), seq: Number(found[2]) } : null
}
