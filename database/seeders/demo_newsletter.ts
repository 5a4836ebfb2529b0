/** The demonstration's template: a small shop's weekly offers */
export const DEMO_NEWSLETTER = `<mjml>
  <mj-head>
    <mj-title>{{ campaign.subject }}</mj-title>
    <mj-preview>Attiéké, bissap et tissus : les prix de la semaine à {{ contact.city | default: "votre porte" }}</mj-preview>
    <mj-attributes>
      <mj-all font-family="Arial, sans-serif" />
      <mj-text font-size="16px" line-height="24px" color="#1F1B24" />
    </mj-attributes>
  </mj-head>
  <mj-body background-color="#F7F5F2">
    <mj-section background-color="#7A2A63">
      <mj-column>
        <mj-text align="center" color="#ffffff" font-size="24px">Marché Nouvelle Étoile</mj-text>
      </mj-column>
    </mj-section>
    <mj-section background-color="#ffffff">
      <mj-column>
        <mj-text>Bonjour {{ contact.first_name | default: "cher client" }},</mj-text>
        <mj-text>Cette semaine{% if contact.city %} à {{ contact.city }}{% endif %}, l’attiéké, le bissap et les tissus sont à prix doux.</mj-text>
        <mj-button background-color="#7A2A63" href="https://example.com/offres?ville={{ contact.city | url_encode }}">Voir les offres</mj-button>
      </mj-column>
    </mj-section>
    <mj-section>
      <mj-column>
        <mj-text align="center"><a href="https://example.com/attieke">Attiéké – 1 500 F</a></mj-text>
      </mj-column>
      <mj-column>
        <mj-text align="center"><a href="https://example.com/bissap">Bissap – 800 F</a></mj-text>
      </mj-column>
    </mj-section>
    <mj-section>
      <mj-column>
        <mj-text font-size="13px" color="#5F5966" align="center">{{ account.name }}, {{ account.address }}<br />
          <a href="{{ links.web_view }}">Voir en ligne</a> · <a href="{{ links.unsubscribe }}">Se désinscrire</a></mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
`
