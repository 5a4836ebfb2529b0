import { BaseSchema } from '@adonisjs/lucid/schema'

export default class extends BaseSchema {
  async up() {
    this.schema.raw(`
      /* What people write back: one conversation an account, channel and address over there */
      create table conversations (
        id uuid primary key default new_id(),
        account_id uuid not null references accounts on delete cascade,
        plugin_id text not null,
        channel text not null,
        endpoint text not null default '',
        address text not null,
        state text not null default 'open' check (state in ('open', 'done')),
        assigned_to uuid references users on delete set null,
        unread integer not null default 0,
        last_text text not null default '',
        last_at timestamptz not null,
        /* Orders the list: a conversation moves up when something is said in it */
        last_id uuid not null default new_id(),
        created_at timestamptz not null default now(),
        unique (account_id, channel, endpoint, address)
      );
      create index conversations_list on conversations (account_id, state, last_id);

      create table conversation_messages (
        id uuid primary key default new_id(),
        conversation_id uuid not null references conversations on delete cascade,
        kind text not null check (kind in ('received', 'note')),
        text text not null,
        /* Who told it, and as which fact; nothing for what was written here */
        plugin_id text,
        endpoint text,
        fact_id text,
        /* The message of ours that it answers, as far as is known */
        run_id integer,
        by_user uuid references users on delete set null,
        by_name text not null default '',
        at timestamptz not null
      );
      create unique index conversation_messages_fact
        on conversation_messages (plugin_id, endpoint, fact_id) where fact_id is not null;
      create index conversation_messages_thread on conversation_messages (conversation_id, id);

      /*
       Words by which people end our messages, or ask for them again. In lower case, without
       accents
      */
      create table opt_words (
        id uuid primary key default new_id(),
        word text not null unique check (length(word) between 1 and 40),
        means text not null check (means in ('out', 'in')),
        language text not null default '' check (length(language) <= 10),
        /* Came with Griot; others are the operator's own */
        bundled boolean not null default false,
        created_at timestamptz not null default now()
      );
      insert into opt_words (word, means, language, bundled) values
        ('stop', 'out', '', true), ('stopall', 'out', '', true),
        ('arret', 'out', 'fr', true), ('arreter', 'out', 'fr', true), ('desabo', 'out', 'fr', true),
        ('desabonner', 'out', 'fr', true), ('desinscrire', 'out', 'fr', true),
        ('desinscription', 'out', 'fr', true), ('fin', 'out', 'fr', true),
        ('unsubscribe', 'out', 'en', true), ('cancel', 'out', 'en', true),
        ('end', 'out', 'en', true), ('quit', 'out', 'en', true), ('optout', 'out', 'en', true),
        ('parar', 'out', 'pt', true), ('sair', 'out', 'pt', true), ('cancelar', 'out', 'pt', true),
        ('توقف', 'out', 'ar', true), ('ايقاف', 'out', 'ar', true), ('الغاء', 'out', 'ar', true),
        ('oui', 'in', 'fr', true), ('reprendre', 'in', 'fr', true), ('start', 'in', '', true),
        ('yes', 'in', 'en', true), ('unstop', 'in', 'en', true), ('sim', 'in', 'pt', true),
        ('نعم', 'in', 'ar', true);
    `)
  }

  async down() {
    this.schema.raw(`
      drop table opt_words;
      drop table conversation_messages;
      drop table conversations;
    `)
  }
}
