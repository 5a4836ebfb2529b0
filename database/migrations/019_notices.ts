import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      /* What a channel says of a campaign stands in its history, once */
      create unique index campaign_changes_notices on campaign_changes ((data ->> 'fact'))
        where what = 'notice';
    `)
  }

  async down() {
    this.schema.raw(`drop index campaign_changes_notices;`)
  }
}
