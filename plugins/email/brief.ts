import vine from '@vinejs/vine'

/** One mailbox as people write it: an address, or a name and the address in angle brackets (RFC 5322 §3.4) */
const MAILBOX =
  /^(?:(?:"[^"<>]*"|[^"<>@,]*)<[^\s<>@,"]+@[^\s<>@,"]+\.[^\s<>@,"]+>|[^\s<>@,"]+@[^\s<>@,"]+\.[^\s<>@,"]+)$/

/** What a client says of an e-mail campaign */
export const brief = vine.create({
  subject: vine
    .string()
    .trim()
    .minLength(1)
    .maxLength(150)
    .meta({
      title: { fr: 'Objet', en: 'Subject' },
      hint: {
        fr: 'Les variables conviennent : {{ contact.first_name }}',
        en: 'Variables work here: {{ contact.first_name }}',
      },
    }),
  sender_name: vine
    .string()
    .trim()
    .minLength(1)
    .maxLength(80)
    .meta({
      title: { fr: 'Nom de l’expéditeur', en: 'Sender name' },
      prefill: 'account_name',
      hint: {
        fr: 'Ce que vos contacts lisent avant l’objet',
        en: 'What your contacts read before the subject',
      },
    }),
  reply_to: vine
    .string()
    .trim()
    .regex(MAILBOX)
    .maxLength(400)
    .nullable()
    .optional()
    .meta({
      title: { fr: 'Adresse de réponse', en: 'Reply address' },
      hint: {
        fr: 'Où vont les réponses de vos contacts : accueil@exemple.ci, ou Accueil <accueil@exemple.ci>. Vide : à l’adresse d’expédition',
        en: 'Where your contacts’ answers go: desk@example.ci, or Front desk <desk@example.ci>. Empty: to the sender address',
      },
    }),
  template_id: vine
    .string()
    .uuid()
    .meta({ title: { fr: 'Modèle', en: 'Template' }, widget: 'template' }),
})
