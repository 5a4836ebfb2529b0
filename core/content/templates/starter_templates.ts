import type { TemplateFormat } from './compiled_template.js'

/** What a new template begins with, so that nobody faces an empty page */
export const STARTERS: Readonly<Record<TemplateFormat, string>> = {
  mjml: `<mjml>
  <mj-head>
    <mj-preview>Bonjour {{ contact.first_name | default: "à tous" }}</mj-preview>
    <mj-attributes><mj-all font-family="Arial, sans-serif" /></mj-attributes>
  </mj-head>
  <mj-body background-color="#f4f4f4">
    <mj-section background-color="#ffffff">
      <mj-column>
        <mj-text font-size="22px">{{ account.name }}</mj-text>
        <mj-text>Bonjour {{ contact.first_name | default: "à vous" }},</mj-text>
        <mj-text>Votre message ici.</mj-text>
        <mj-button href="https://example.com">Voir les offres</mj-button>
      </mj-column>
    </mj-section>
    <mj-section>
      <mj-column>
        <mj-text font-size="12px" color="#666666" align="center">{{ account.name }}, {{ account.address }}. <a href="{{ links.unsubscribe }}">Se désinscrire</a></mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
`,
  html: `<!doctype html>
<html lang="fr">
<body>
  <p>Bonjour {{ contact.first_name | default: "à vous" }},</p>
  <p>Votre message ici.</p>
  <p><small>{{ account.name }}, {{ account.address }}. <a href="{{ links.unsubscribe }}">Se désinscrire</a></small></p>
</body>
</html>
`,
  text: `Bonjour {{ contact.first_name | default: "à vous" }},

Votre message ici.

{{ account.name }}, {{ account.address }}
Se désinscrire : {{ links.unsubscribe }}
`,
}

const consentRequest = (o: {
  readonly hello: string
  readonly ask: string
  readonly answer: string
  readonly once: string
  readonly unsubscribe: string
}) => `<mjml>
  <mj-head>
    <mj-attributes><mj-all font-family="Arial, sans-serif" /></mj-attributes>
  </mj-head>
  <mj-body background-color="#f4f4f4">
    <mj-section background-color="#ffffff">
      <mj-column>
        <mj-text font-size="22px">{{ account.name }}</mj-text>
        <mj-text>${o.hello}</mj-text>
        <mj-text>${o.ask}</mj-text>
        <mj-button href="{{ links.consent }}">${o.answer}</mj-button>
        <mj-text>${o.once}</mj-text>
      </mj-column>
    </mj-section>
    <mj-section>
      <mj-column>
        <mj-text font-size="12px" color="#666666" align="center">{{ account.name }}, {{ account.address }}. <a href="{{ links.unsubscribe }}">${o.unsubscribe}</a></mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
`

/** What a request for consent begins with, in MJML */
export const CONSENT_REQUEST: Readonly<Record<'fr' | 'en', string>> = {
  fr: consentRequest({
    hello: 'Bonjour {{ contact.first_name | default: "à vous" }},',
    ask: 'Nous aimerions vous envoyer nos nouvelles et nos offres par e-mail. Êtes-vous d’accord ?',
    answer: 'Répondre oui ou non',
    once: 'Sans réponse de votre part, nous ne vous écrirons plus.',
    unsubscribe: 'Se désinscrire',
  }),
  en: consentRequest({
    hello: 'Hello {{ contact.first_name | default: "there" }},',
    ask: 'We would like to send you our news and offers by e-mail. Do you agree?',
    answer: 'Answer yes or no',
    once: 'If you do not answer, we will not write to you again.',
    unsubscribe: 'Unsubscribe',
  }),
}
