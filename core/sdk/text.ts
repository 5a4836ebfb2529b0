/**
 * Words for people, in each language the kernel speaks. French is required: it is the first language of our users.
 *
 * @example { fr: 'Message', en: 'Message' }
 */
export type Text = { readonly fr: string; readonly en: string }
