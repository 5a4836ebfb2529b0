import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      /*
       Messages that were taken, words as well as others: one that is told again changes nothing,
       though another campaign was sent to its writer meanwhile
      */
      create table message_facts (
        plugin_id text not null,
        endpoint text not null,
        fact_id text not null,
        at timestamptz not null,
        primary key (plugin_id, endpoint, fact_id)
      );
      insert into message_facts (plugin_id, endpoint, fact_id, at)
        select plugin_id, endpoint, fact_id, at from conversation_messages
         where fact_id is not null;
      drop index conversation_messages_fact;
    `)
  }

  async down() {
    this.schema.raw(`
      create unique index conversation_messages_fact
        on conversation_messages (plugin_id, endpoint, fact_id) where fact_id is not null;
      drop table message_facts;
    `)
  }
}
