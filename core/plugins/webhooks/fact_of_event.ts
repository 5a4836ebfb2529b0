import type { DeliveryEvent, ReceiptFact, ReceiptKind } from '@griot/sdk'

/** What a channel's receipts say in version 1 of the contract, as a fact */
export function factOfEvent(event: DeliveryEvent): ReceiptFact {
  return {
    kind: 'receipt',
    id: event.eventId,
    at: event.at,
    of: { providerKey: event.providerKey },
    is: kindOf(event.kind),
    permanent: event.permanent === true,
  }
}

function kindOf(kind: DeliveryEvent['kind']): ReceiptKind {
  return kind === 'bounced' ? 'failed' : kind
}
