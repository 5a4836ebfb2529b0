export type TemplateFormat = 'mjml' | 'html' | 'text'

export type CompiledTemplate = {
  /** Null for a text template */
  readonly html: string | null
  readonly text: string
  /** Bytes of the HTML; large mails are cut by receivers at about 102,000 */
  readonly bytes: number
}
