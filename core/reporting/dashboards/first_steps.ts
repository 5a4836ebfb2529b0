type Done = { readonly contacts: boolean; readonly template: boolean; readonly campaign: boolean }

const STEPS = [
  { key: 'contacts', href: '/portal/contacts/imports/new' },
  { key: 'template', href: '/portal/templates/new' },
  { key: 'campaign', href: '/portal/campaigns/new' },
] as const

/** The checklist of a new account, for the rail: the first step that is not done is the one to take */
export function firstSteps(o: { done: Done; t: (key: string) => string }) {
  const current = STEPS.find((step) => !o.done[step.key])?.key
  return STEPS.map((step) => ({
    label: o.t(`reporting.first.${step.key}`),
    hint: o.t(`reporting.first.${step.key}_hint`),
    state: o.done[step.key] ? 'done' : step.key === current ? 'current' : 'todo',
    href: step.href,
  }))
}
