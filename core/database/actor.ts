/** Who does something, as histories and ledgers name them */
export type Actor =
  | { readonly kind: 'user'; readonly id: string; readonly name: string }
  | { readonly kind: 'staff'; readonly id: string; readonly name: string }
  | { readonly kind: 'system'; readonly id: null; readonly name: string }

export const SYSTEM: Actor = { kind: 'system', id: null, name: 'Griot' }
