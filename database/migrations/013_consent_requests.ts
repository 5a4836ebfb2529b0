import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      /* A campaign that asks for consent: it reaches those who have not answered, once, and nobody
         else */
      alter table campaigns add column asks_consent boolean not null default false;

      /* Who was asked before is looked for in the runs of the account that asked */
      create index campaign_runs_asking on campaign_runs (account_id)
        where (rules ->> 'asksConsent')::boolean;
    `)
  }

  async down() {
    this.schema.raw(`
      drop index campaign_runs_asking;
      alter table campaigns drop column asks_consent;
    `)
  }
}
