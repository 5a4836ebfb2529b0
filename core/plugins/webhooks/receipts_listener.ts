import type { DeliveryEvent } from '@griot/sdk'

/** Takes over the facts that a receipt brought. What it throws makes the far side send the receipt again */
export type ReceiptsListener = (receipt: {
  readonly pluginId: string
  readonly channelId: string
  readonly events: readonly DeliveryEvent[]
}) => Promise<void>
