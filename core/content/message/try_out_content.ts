import type { CompiledContent, ContentVariables } from './compile_content.js'
import { SAMPLE_CONTACT } from '../templates/sample_contact.js'

const NOBODY = {
  account: { name: '', address: '' },
  campaign: { name: '', subject: '' },
  links: { unsubscribe: '#', web_view: '#', preferences: '#', consent: '#' },
  tracking: { link: () => '#', pixel: null, hidden: null },
}

/**
 * Renders content for nobody and for a person who has every field: branches that only one of them takes are gone through, too.
 *
 * @throws TemplateInvalidError when one of them passes a limit
 */
export function tryOutContent(content: CompiledContent): void {
  const people: ContentVariables['contact'][] = [{}, SAMPLE_CONTACT]
  for (const contact of people) content.render({ ...NOBODY, contact })
}
