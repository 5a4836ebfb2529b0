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
        <mj-text font-size="12px" color="#666666" align="center">{{ account.name }}, {{ account.address }}. <a href="{{ links.unsubscribe }}">Se désabonner</a></mj-text>
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
  <p><small>{{ account.name }}, {{ account.address }}. <a href="{{ links.unsubscribe }}">Se désabonner</a></small></p>
</body>
</html>
`,
  text: `Bonjour {{ contact.first_name | default: "à vous" }},

Votre message ici.

{{ account.name }}, {{ account.address }}
Se désabonner : {{ links.unsubscribe }}
`,
}
