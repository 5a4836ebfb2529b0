import { KNOWN_STATES } from './state_look.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/**
 * What the page of components shows: plausible, and with the awkward cases (nothing, one, very long, very large).
 *
 * @param now - the present; every date is told from it
 */
export function componentSamples(now: Date) {
  const before = (ms: number) => new Date(now.getTime() - ms)
  return {
    states: KNOWN_STATES,
    parts: [
      { key: 'delivered', value: 11902n },
      { key: 'pending', value: 120n },
      { key: 'uncertain', value: 88n },
      { key: 'failed', value: 58n },
    ],
    campaigns: [
      campaign('Soldes de novembre', 'running', 12168n, 182520n, before(12 * MINUTE)),
      campaign(
        'Rappel de rendez-vous, clinique de Cocody, deuxième relance du trimestre',
        'scheduled',
        340n,
        5100n,
        before(3 * HOUR)
      ),
      campaign('Inventaire', 'paused', 8431n, 126465n, before(30 * HOUR)),
      campaign('Essai', 'draft', 0n, 0n, before(90 * HOUR)),
    ],
    story: [
      {
        at: before(12 * MINUTE),
        title: 'Envoi lancé',
        text: 'SMS par la route A, 40 par seconde',
        tone: 'primary',
      },
      {
        at: before(14 * MINUTE),
        title: '182 520 F CFA réservés',
        text: 'Solde après : 417 480 F CFA',
        tone: 'warning',
        href: '#wallet',
      },
      {
        at: before(16 * MINUTE),
        title: 'Issue inconnue pour 88 messages',
        text: 'L’opérateur n’a pas répondu. Nous vérifions.',
        tone: 'uncertain',
      },
      { at: before(30 * HOUR), title: 'Campagne créée', by: 'Awa Koné', tone: 'neutral' },
    ],
    labels: Array.from({ length: 12 }, (_, hour) => `${hour + 8} h`),
    delivered: [120, 340, 980, 1500, 1720, 1690, null, 1580, 1200, 860, 520, 392],
    clicks: [3, 20, 66, 120, 141, 138, null, 120, 99, 70, 52, 35],
    operators: { labels: ['Orange', 'MTN', 'Moov', 'Autres'], values: [6120, 4310, 1210, 262] },
    schema: {
      type: 'object',
      required: ['host', 'password', 'plan'],
      properties: {
        host: {
          type: 'string',
          title: { fr: 'Hôte', en: 'Host' },
          description: { fr: 'Sans https://', en: 'Without https://' },
          placeholder: 'smtp.exemple.ci',
        },
        port: {
          type: 'integer',
          title: { fr: 'Port', en: 'Port' },
          minimum: 1,
          maximum: 65535,
          default: 587,
        },
        password: { type: 'string', secret: true, title: { fr: 'Mot de passe', en: 'Password' } },
        tls: {
          type: 'boolean',
          title: { fr: 'Exiger une connexion chiffrée', en: 'Require an encrypted connection' },
        },
        plan: {
          enum: ['standard', 'premium'],
          title: { fr: 'Formule', en: 'Plan' },
          options: [
            { value: 'standard', title: { fr: 'Standard', en: 'Standard' } },
            { value: 'premium', title: { fr: 'Premium', en: 'Premium' } },
          ],
        },
        colour: { type: 'string', widget: 'color', title: { fr: 'Couleur', en: 'Colour' } },
        domains: {
          type: 'array',
          items: { type: 'string' },
          title: { fr: 'Domaines', en: 'Domains' },
        },
        days: {
          type: 'array',
          items: { type: 'string', enum: ['lun', 'mar', 'mer'] },
          title: { fr: 'Jours d’envoi', en: 'Sending days' },
        },
        limits: {
          type: 'object',
          title: { fr: 'Limites', en: 'Limits' },
          properties: {
            per_second: {
              type: 'number',
              title: { fr: 'Messages par seconde', en: 'Messages a second' },
            },
          },
        },
        routes: {
          type: 'array',
          title: { fr: 'Route', en: 'Route' },
          items: {
            type: 'object',
            required: ['prefix'],
            properties: { prefix: { type: 'string', title: { fr: 'Préfixe', en: 'Prefix' } } },
          },
        },
        odd: { title: { fr: 'Valeur d’un type inconnu', en: 'A value of an unknown type' } },
      },
    },
    values: {
      host: 'smtp.exemple.ci',
      port: 587,
      tls: true,
      plan: 'standard',
      colour: '#7a2a63',
      domains: ['exemple.ci', 'exemple.sn'],
      days: ['lun'],
      routes: [{ prefix: '+225' }],
      odd: { a: [1, 2] },
    },
    crumbs: [{ label: 'Campagnes', href: '#' }, { label: 'Soldes de novembre' }],
    now,
    at: before(4000),
  }
}

function campaign(name: string, state: string, recipients: bigint, cost: bigint, at: Date) {
  return {
    name: { label: name, href: '#campaign', hint: 'SMS' },
    state,
    recipients,
    progress: [
      { key: 'delivered', value: (recipients * 7n) / 10n },
      { key: 'uncertain', value: recipients / 20n },
      { key: 'pending', value: recipients / 4n },
    ],
    cost,
    at,
    actions: [
      { label: 'Dupliquer', href: '#copy', symbol: 'copy' },
      { label: 'Mettre en pause', action: '#pause', symbol: 'player-pause' },
    ],
  }
}
