import vine from '@vinejs/vine'

/** What the admin sets once: the relay, who we are to it, and the signature */
export const settings = vine.create({
  host: vine
    .string()
    .trim()
    .maxLength(253)
    .regex(/^[a-zA-Z0-9.:-]+$/)
    .meta({
      title: { fr: 'Serveur SMTP', en: 'SMTP host' },
      hint: { fr: 'Nom ou adresse du relais', en: 'Name or address of the relay' },
    }),
  port: vine
    .number()
    .withoutDecimals()
    .range([1, 65535])
    .meta({ title: { fr: 'Port', en: 'Port' } }),
  security: vine.enum(['none', 'starttls', 'tls'] as const).meta({
    title: { fr: 'Chiffrement', en: 'Encryption' },
    options: {
      none: { fr: 'Aucun', en: 'None' },
      starttls: { fr: 'STARTTLS exigé', en: 'STARTTLS required' },
      tls: { fr: 'TLS dès la connexion', en: 'TLS from the start' },
    },
  }),
  user: vine
    .string()
    .trim()
    .maxLength(200)
    .nullable()
    .optional()
    .meta({
      title: { fr: 'Utilisateur', en: 'User' },
      hint: { fr: 'Vide si le relais n’en demande pas', en: 'Empty when the relay asks for none' },
    }),
  connections: vine
    .number()
    .withoutDecimals()
    .range([1, 50])
    .meta({
      title: { fr: 'Connexions simultanées', en: 'Connections at once' },
      hint: {
        fr: 'Par processus d’envoi ; 10 convient à la plupart des relais',
        en: 'For each worker; 10 suits most relays',
      },
    }),
  from_address: vine
    .string()
    .trim()
    .email()
    .meta({ title: { fr: 'Adresse d’expédition', en: 'Sender address' } }),
  bounce_domain: vine
    .string()
    .trim()
    .regex(/^[a-z0-9.-]+$/)
    .nullable()
    .optional()
    .meta({
      title: { fr: 'Domaine des retours', en: 'Return domain' },
      hint: {
        fr: 'Pour reconnaître les rejets : retours+…@domaine',
        en: 'To recognise bounces: returns+…@domain',
      },
    }),
  dkim_domain: vine
    .string()
    .trim()
    .regex(/^[a-z0-9.-]+$/)
    .nullable()
    .optional()
    .meta({ title: { fr: 'Domaine DKIM', en: 'DKIM domain' } }),
  dkim_selector: vine
    .string()
    .trim()
    .regex(/^[a-z0-9._-]+$/i)
    .nullable()
    .optional()
    .meta({
      title: { fr: 'Sélecteur DKIM', en: 'DKIM selector' },
      hint: {
        fr: 'La clé privée se saisit plus bas',
        en: 'The private key is entered below',
      },
    }),
})
