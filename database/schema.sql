create table access_links (
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  guard text not null,
  id uuid not null default new_id(),
  purpose text not null,
  subject_id uuid not null,
  token_hash text not null,
  used_at timestamp with time zone,
  constraint access_links_guard_check CHECK ((guard = ANY (ARRAY['portal'::text, 'admin'::text]))),
  constraint access_links_pkey PRIMARY KEY (id),
  constraint access_links_purpose_check CHECK ((purpose = ANY (ARRAY['confirm_address'::text, 'reset_password'::text]))),
  constraint access_links_token_hash_key UNIQUE (token_hash)
);
CREATE INDEX access_links_subject ON public.access_links USING btree (subject_id, purpose);

create table accounts (
  address text not null default ''::text,
  cap_days smallint,
  cap_messages smallint,
  country character(2) not null default 'CI'::bpchar,
  created_at timestamp with time zone not null default now(),
  currency character(3) not null default 'XOF'::bpchar,
  id uuid not null default new_id(),
  locale text not null default 'fr'::text,
  name text not null,
  quiet_from time without time zone,
  quiet_until time without time zone,
  send_weight smallint not null default 1,
  status text not null default 'active'::text,
  timezone text not null default 'Africa/Abidjan'::text,
  updated_at timestamp with time zone not null default now(),
  constraint account_cap_is_a_pair CHECK (((cap_messages IS NULL) = (cap_days IS NULL))),
  constraint account_quiet_hours_are_a_pair CHECK (((quiet_from IS NULL) = (quiet_until IS NULL))),
  constraint accounts_cap_days_check CHECK ((cap_days > 0)),
  constraint accounts_cap_messages_check CHECK ((cap_messages > 0)),
  constraint accounts_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
  constraint accounts_pkey PRIMARY KEY (id),
  constraint accounts_send_weight_check CHECK (((send_weight >= 1) AND (send_weight <= 100))),
  constraint accounts_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text])))
);
CREATE TRIGGER contacts_go_with_account AFTER DELETE ON public.accounts REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION delete_contacts_of_accounts();

create table campaign_changes (
  account_id uuid not null,
  at timestamp with time zone not null default now(),
  by_id uuid,
  by_kind text not null,
  by_name text not null,
  campaign_id uuid not null,
  data jsonb not null default '{}'::jsonb,
  from_state text,
  id uuid not null default new_id(),
  to_state text not null,
  what text,
  why text not null default ''::text,
  constraint campaign_changes_by_kind_check CHECK ((by_kind = ANY (ARRAY['user'::text, 'staff'::text, 'system'::text]))),
  constraint campaign_changes_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns(id) ON DELETE CASCADE,
  constraint campaign_changes_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX campaign_changes_notices ON public.campaign_changes USING btree (((data ->> 'fact'::text))) WHERE (what = 'notice'::text);
CREATE INDEX campaign_changes_story ON public.campaign_changes USING btree (campaign_id, id);

create table campaign_holds (
  account_id uuid not null,
  campaign_id uuid not null,
  captured bigint not null default 0,
  cost_micro bigint not null default 0,
  created_at timestamp with time zone not null default now(),
  currency character(3) not null,
  held bigint not null,
  id uuid not null default new_id(),
  n integer not null,
  quote_id uuid not null,
  released bigint not null default 0,
  settled_at timestamp with time zone,
  state text not null default 'open'::text,
  constraint campaign_holds_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns(id) ON DELETE CASCADE,
  constraint campaign_holds_campaign_id_n_key UNIQUE (campaign_id, n),
  constraint campaign_holds_captured_check CHECK ((captured >= 0)),
  constraint campaign_holds_check CHECK (((captured + released) <= held)),
  constraint campaign_holds_check1 CHECK (((state <> 'settled'::text) OR ((captured + released) = held))),
  constraint campaign_holds_held_check CHECK ((held >= 0)),
  constraint campaign_holds_pkey PRIMARY KEY (id),
  constraint campaign_holds_quote_id_fkey FOREIGN KEY (quote_id) REFERENCES quotes(id),
  constraint campaign_holds_released_check CHECK ((released >= 0)),
  constraint campaign_holds_state_check CHECK ((state = ANY (ARRAY['open'::text, 'settled'::text])))
);
CREATE INDEX campaign_holds_open ON public.campaign_holds USING btree (campaign_id, n) WHERE (state = 'open'::text);

create table campaign_occurrences (
  account_id uuid not null,
  at timestamp with time zone not null default now(),
  campaign_id uuid not null,
  id uuid not null default new_id(),
  occurrence_at timestamp with time zone not null,
  outcome text not null,
  reason text,
  run_id integer,
  constraint campaign_occurrences_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns(id) ON DELETE CASCADE,
  constraint campaign_occurrences_campaign_id_occurrence_at_key UNIQUE (campaign_id, occurrence_at),
  constraint campaign_occurrences_check CHECK (((outcome = 'made'::text) = (run_id IS NOT NULL))),
  constraint campaign_occurrences_check1 CHECK (((outcome = 'missed'::text) = (reason IS NOT NULL))),
  constraint campaign_occurrences_outcome_check CHECK ((outcome = ANY (ARRAY['made'::text, 'nobody'::text, 'missed'::text]))),
  constraint campaign_occurrences_pkey PRIMARY KEY (id),
  constraint campaign_occurrences_reason_check CHECK ((reason = ANY (ARRAY['late'::text, 'paused'::text, 'busy'::text, 'channel'::text, 'closed'::text]))),
  constraint campaign_occurrences_run_id_fkey FOREIGN KEY (run_id) REFERENCES campaign_runs(id) ON DELETE CASCADE
);
CREATE INDEX campaign_occurrences_recent ON public.campaign_occurrences USING btree (campaign_id, id DESC);

create table campaign_runs (
  accepted integer not null default 0,
  account_id uuid not null,
  audience integer not null default 0,
  bounced integer not null default 0,
  campaign_id uuid not null,
  campaign_name text not null,
  canary_state text,
  canary_until timestamp with time zone,
  channel text not null,
  clicked integer not null default 0,
  clicked_bot integer not null default 0,
  clicked_unique integer not null default 0,
  complained integer not null default 0,
  cost_micro bigint not null default 0,
  deadline_at timestamp with time zone,
  delivered integer not null default 0,
  dwell_ms bigint not null default 0,
  error text,
  excluded integer not null default 0,
  exclusions jsonb not null default '{}'::jsonb,
  expanded_at timestamp with time zone,
  expanded_to uuid,
  finished_at timestamp with time zone,
  first_accepted_at timestamp with time zone,
  hold_n integer not null default 1,
  id integer not null generated by default as identity,
  kind text not null,
  last_outcome_at timestamp with time zone,
  launched_at timestamp with time zone not null default now(),
  measure_dwell boolean not null default false,
  n integer not null default 1,
  occurrence_at timestamp with time zone,
  opened integer not null default 0,
  opened_bot integer not null default 0,
  opened_unique integer not null default 0,
  opened_unverified integer not null default 0,
  pending integer not null default 0,
  plugin_id text not null,
  quote_id uuid not null,
  rejected integer not null default 0,
  replied integer not null default 0,
  rules jsonb not null,
  snapshot jsonb not null,
  state text not null default 'expanding'::text,
  uncertain integer not null default 0,
  unsubscribed integer not null default 0,
  visits integer not null default 0,
  constraint campaign_runs_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns(id) ON DELETE CASCADE,
  constraint campaign_runs_campaign_id_n_key UNIQUE (campaign_id, n),
  constraint campaign_runs_canary_state_check CHECK ((canary_state = ANY (ARRAY['sending'::text, 'waiting'::text, 'passed'::text, 'failed'::text]))),
  constraint campaign_runs_kind_check CHECK ((kind = ANY (ARRAY['messaging'::text, 'media'::text, 'engagement'::text]))),
  constraint campaign_runs_pkey PRIMARY KEY (id),
  constraint campaign_runs_quote_id_fkey FOREIGN KEY (quote_id) REFERENCES quotes(id),
  constraint campaign_runs_state_check CHECK ((state = ANY (ARRAY['expanding'::text, 'running'::text, 'finished'::text, 'cancelled'::text, 'failed'::text])))
);
CREATE INDEX campaign_runs_asking ON public.campaign_runs USING btree (account_id) WHERE ((rules ->> 'asksConsent'::text))::boolean;
CREATE INDEX campaign_runs_launched ON public.campaign_runs USING btree (launched_at);
CREATE INDEX campaign_runs_live ON public.campaign_runs USING btree (state) WHERE (state = ANY (ARRAY['expanding'::text, 'running'::text]));
CREATE UNIQUE INDEX campaign_runs_occurrence ON public.campaign_runs USING btree (campaign_id, occurrence_at) WHERE (occurrence_at IS NOT NULL);
CREATE INDEX campaign_runs_uncertain ON public.campaign_runs USING btree (campaign_id) WHERE (uncertain > 0);
CREATE TRIGGER counters_stay_without_run AFTER DELETE ON public.campaign_runs REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION keep_counters_of_runs();
CREATE TRIGGER deliveries_go_with_run AFTER DELETE ON public.campaign_runs REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION delete_deliveries_of_runs();
CREATE TRIGGER delivery_parts_go_with_run AFTER DELETE ON public.campaign_runs REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION delete_parts_of_runs();
CREATE TRIGGER events_go_with_run AFTER DELETE ON public.campaign_runs REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION delete_events_of_runs();

create table campaign_schedules (
  account_id uuid not null,
  campaign_id uuid not null,
  ceiling bigint,
  last_at timestamp with time zone,
  max_occurrences integer,
  next_at timestamp with time zone,
  occurrences integer not null default 0,
  recurrence text not null,
  refused_at timestamp with time zone,
  skip_before timestamp with time zone,
  starts_at_local timestamp without time zone,
  state text not null default 'draft'::text,
  until_local timestamp without time zone,
  waiting text,
  zone text not null,
  constraint campaign_schedules_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint campaign_schedules_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns(id) ON DELETE CASCADE,
  constraint campaign_schedules_ceiling_check CHECK ((ceiling >= 0)),
  constraint campaign_schedules_check CHECK (((until_local IS NULL) OR (max_occurrences IS NULL))),
  constraint campaign_schedules_check1 CHECK (((state = 'active'::text) = (next_at IS NOT NULL))),
  constraint campaign_schedules_max_occurrences_check CHECK ((max_occurrences > 0)),
  constraint campaign_schedules_pkey PRIMARY KEY (campaign_id),
  constraint campaign_schedules_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'active'::text, 'over'::text]))),
  constraint campaign_schedules_waiting_check CHECK ((waiting = ANY (ARRAY['busy'::text, 'channel'::text, 'closed'::text])))
);
CREATE INDEX campaign_schedules_due ON public.campaign_schedules USING btree (next_at) WHERE (state = 'active'::text);

create table campaign_spend (
  at timestamp with time zone not null default now(),
  cost_micro bigint not null,
  report_key text not null,
  run_id integer not null,
  units jsonb not null,
  constraint campaign_spend_pkey PRIMARY KEY (run_id, report_key),
  constraint campaign_spend_run_id_fkey FOREIGN KEY (run_id) REFERENCES campaign_runs(id) ON DELETE CASCADE
);

create table campaign_steps (
  detail text not null default ''::text,
  key text not null,
  n integer not null,
  payload jsonb not null default '{}'::jsonb,
  provider_key text,
  run_id integer not null,
  state text not null default 'pending'::text,
  title text not null,
  updated_at timestamp with time zone not null default now(),
  constraint campaign_steps_pkey PRIMARY KEY (run_id, n),
  constraint campaign_steps_run_id_fkey FOREIGN KEY (run_id) REFERENCES campaign_runs(id) ON DELETE CASCADE,
  constraint campaign_steps_run_id_key_key UNIQUE (run_id, key),
  constraint campaign_steps_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'handing_over'::text, 'done'::text, 'failed'::text, 'uncertain'::text])))
);

create table campaigns (
  account_id uuid not null,
  asks_consent boolean not null default false,
  brief jsonb not null default '{}'::jsonb,
  canary_percent smallint,
  cap_days smallint,
  cap_messages smallint,
  channel text not null,
  created_at timestamp with time zone not null default now(),
  created_by uuid,
  deadline_hours integer,
  id uuid not null default new_id(),
  kind text not null,
  list_ids uuid[] not null default '{}'::uuid[],
  measure_dwell boolean not null default false,
  name text not null,
  newcomers_only boolean not null default false,
  pace_per_hour integer,
  plugin_id text not null,
  quiet_from time without time zone,
  quiet_until time without time zone,
  quote_id uuid,
  service_id uuid not null,
  state text not null default 'draft'::text,
  updated_at timestamp with time zone not null default now(),
  constraint campaigns_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint campaigns_canary_percent_check CHECK (((canary_percent >= 1) AND (canary_percent <= 50))),
  constraint campaigns_cap_days_check CHECK ((cap_days > 0)),
  constraint campaigns_cap_messages_check CHECK ((cap_messages > 0)),
  constraint campaigns_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id) ON DELETE SET NULL,
  constraint campaigns_deadline_hours_check CHECK ((deadline_hours > 0)),
  constraint campaigns_kind_check CHECK ((kind = ANY (ARRAY['messaging'::text, 'media'::text, 'engagement'::text]))),
  constraint campaigns_name_check CHECK (((length(name) >= 1) AND (length(name) <= 160))),
  constraint campaigns_pace_per_hour_check CHECK ((pace_per_hour > 0)),
  constraint campaigns_pkey PRIMARY KEY (id),
  constraint campaigns_quote_id_fkey FOREIGN KEY (quote_id) REFERENCES quotes(id),
  constraint campaigns_service_id_fkey FOREIGN KEY (service_id) REFERENCES services(id),
  constraint campaigns_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'quoted'::text, 'paid'::text, 'scheduled'::text, 'running'::text, 'paused'::text, 'finished'::text, 'cancelled'::text, 'failed'::text]))),
  constraint cap_is_a_pair CHECK (((cap_messages IS NULL) = (cap_days IS NULL))),
  constraint quiet_hours_are_a_pair CHECK (((quiet_from IS NULL) = (quiet_until IS NULL)))
);
CREATE INDEX campaigns_recent ON public.campaigns USING btree (account_id, id DESC);

create table consent_declarations (
  account_id uuid not null,
  contacts integer not null default 0,
  created_at timestamp with time zone not null default now(),
  created_by uuid,
  given_on date,
  how text not null,
  id uuid not null default new_id(),
  constraint consent_declarations_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint consent_declarations_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id) ON DELETE SET NULL,
  constraint consent_declarations_how_check CHECK (((length(how) >= 3) AND (length(how) <= 1000))),
  constraint consent_declarations_pkey PRIMARY KEY (id)
);
CREATE INDEX consent_declarations_recent ON public.consent_declarations USING btree (account_id, id);

create table contact_answers (
  at timestamp with time zone not null,
  contact_id uuid not null,
  endpoint text not null default ''::text,
  fact_id text not null,
  field text not null,
  id uuid not null default new_id(),
  plugin_id text not null,
  run_id integer,
  value text not null,
  constraint contact_answers_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contacts(id) ON DELETE CASCADE,
  constraint contact_answers_pkey PRIMARY KEY (id),
  constraint contact_answers_plugin_id_endpoint_fact_id_key UNIQUE (plugin_id, endpoint, fact_id)
);
CREATE INDEX contact_answers_newest ON public.contact_answers USING btree (contact_id, field, at DESC, id DESC);

create table contact_list_members (
  added_at timestamp with time zone not null default now(),
  contact_id uuid not null,
  list_id uuid not null,
  constraint contact_list_members_pkey PRIMARY KEY (list_id, contact_id)
);
CREATE TRIGGER members_have_list AFTER INSERT ON public.contact_list_members REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION refuse_members_without_list();

create table contact_lists (
  account_id uuid not null,
  created_at timestamp with time zone not null default now(),
  id uuid not null default new_id(),
  name text not null,
  updated_at timestamp with time zone not null default now(),
  constraint contact_lists_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint contact_lists_account_id_name_key UNIQUE (account_id, name),
  constraint contact_lists_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
  constraint contact_lists_pkey PRIMARY KEY (id)
);
CREATE TRIGGER members_go_with_list AFTER DELETE ON public.contact_lists REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION delete_members_of_lists();

create table contact_touches (
  account_id uuid not null,
  address text not null,
  day date not null,
  messages integer not null,
  constraint contact_touches_pkey PRIMARY KEY (account_id, address, day)
);

create table contacts (
  account_id uuid not null,
  city text,
  consent text not null default 'unknown'::text,
  consent_at timestamp with time zone,
  consent_source text,
  country character(2),
  created_at timestamp with time zone not null default now(),
  email text,
  fields jsonb not null default '{}'::jsonb,
  first_name text,
  id uuid not null default new_id(),
  language text,
  last_name text,
  phone text,
  updated_at timestamp with time zone not null default now(),
  constraint contacts_check CHECK (((email IS NOT NULL) OR (phone IS NOT NULL))),
  constraint contacts_consent_check CHECK ((consent = ANY (ARRAY['granted'::text, 'refused'::text, 'unknown'::text]))),
  constraint contacts_email_check CHECK ((email = lower(email))),
  constraint contacts_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX contacts_email ON public.contacts USING btree (account_id, email) WHERE (email IS NOT NULL);
CREATE INDEX contacts_phone ON public.contacts USING btree (account_id, phone) WHERE (phone IS NOT NULL);
CREATE INDEX contacts_recent ON public.contacts USING btree (account_id, id);
CREATE TRIGGER contacts_have_account AFTER INSERT ON public.contacts REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION refuse_contacts_without_account();
CREATE TRIGGER members_go_with_contact AFTER DELETE ON public.contacts REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION delete_members_of_contacts();

create table conversation_messages (
  at timestamp with time zone not null,
  by_name text not null default ''::text,
  by_user uuid,
  conversation_id uuid not null,
  endpoint text,
  fact_id text,
  id uuid not null default new_id(),
  kind text not null,
  plugin_id text,
  run_id integer,
  text text not null,
  constraint conversation_messages_by_user_fkey FOREIGN KEY (by_user) REFERENCES users(id) ON DELETE SET NULL,
  constraint conversation_messages_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES conversations(id) ON DELETE CASCADE,
  constraint conversation_messages_kind_check CHECK ((kind = ANY (ARRAY['received'::text, 'note'::text]))),
  constraint conversation_messages_pkey PRIMARY KEY (id)
);
CREATE INDEX conversation_messages_thread ON public.conversation_messages USING btree (conversation_id, id);

create table conversations (
  account_id uuid not null,
  address text not null,
  assigned_to uuid,
  channel text not null,
  created_at timestamp with time zone not null default now(),
  endpoint text not null default ''::text,
  id uuid not null default new_id(),
  last_at timestamp with time zone not null,
  last_id uuid not null default new_id(),
  last_text text not null default ''::text,
  plugin_id text not null,
  state text not null default 'open'::text,
  unread integer not null default 0,
  constraint conversations_account_id_channel_endpoint_address_key UNIQUE (account_id, channel, endpoint, address),
  constraint conversations_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint conversations_assigned_to_fkey FOREIGN KEY (assigned_to) REFERENCES users(id) ON DELETE SET NULL,
  constraint conversations_pkey PRIMARY KEY (id),
  constraint conversations_state_check CHECK ((state = ANY (ARRAY['open'::text, 'done'::text])))
);
CREATE INDEX conversations_list ON public.conversations USING btree (account_id, state, last_id);

create table country_zones (
  country character(2) not null,
  zone text not null,
  constraint country_zones_pkey PRIMARY KEY (country)
);

create table database_functions (
  digest text not null,
  name text not null,
  constraint database_functions_pkey PRIMARY KEY (name)
);

create table deliveries (
  address text not null,
  attempts smallint not null default 0,
  contact_id uuid,
  destination text not null default ''::text,
  detail text,
  first_clicked_at timestamp with time zone,
  first_opened_at timestamp with time zone,
  lease uuid,
  not_before timestamp with time zone,
  opened_verified boolean not null default false,
  outcome_at timestamp with time zone,
  provider_key text,
  reason text,
  run_id integer not null,
  seq integer not null,
  state text not null default 'pending'::text,
  constraint deliveries_pkey PRIMARY KEY (run_id, seq),
  constraint deliveries_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'leased'::text, 'handing_over'::text, 'accepted'::text, 'rejected'::text, 'deferred'::text, 'uncertain'::text, 'excluded'::text, 'delivered'::text, 'bounced'::text])))
) partition by RANGE (run_id);
CREATE UNIQUE INDEX deliveries_address ON ONLY public.deliveries USING btree (run_id, address);
CREATE INDEX deliveries_provider_key ON ONLY public.deliveries USING btree (provider_key) WHERE (provider_key IS NOT NULL);

create table delivery_chunks (
  destination text not null default ''::text,
  from_seq integer not null,
  lease uuid,
  lease_until timestamp with time zone,
  n integer not null,
  not_before timestamp with time zone not null default now(),
  owner uuid,
  run_id integer not null,
  state text not null default 'open'::text,
  to_seq integer not null,
  zone text not null default ''::text,
  constraint delivery_chunks_pkey PRIMARY KEY (run_id, n),
  constraint delivery_chunks_run_id_fkey FOREIGN KEY (run_id) REFERENCES campaign_runs(id) ON DELETE CASCADE,
  constraint delivery_chunks_state_check CHECK ((state = ANY (ARRAY['open'::text, 'leased'::text, 'held'::text, 'done'::text])))
) with (fillfactor=60);
CREATE INDEX delivery_chunks_leased ON public.delivery_chunks USING btree (owner) WHERE (state = 'leased'::text);
CREATE INDEX delivery_chunks_open ON public.delivery_chunks USING btree (run_id, n) WHERE (state <> 'done'::text);

create table delivery_decisions (
  at timestamp with time zone not null default now(),
  by_id uuid,
  by_kind text not null,
  by_name text not null,
  decision text not null,
  id uuid not null default new_id(),
  run_id integer not null,
  seq integer not null,
  why text not null default ''::text,
  constraint delivery_decisions_by_kind_check CHECK ((by_kind = ANY (ARRAY['user'::text, 'staff'::text, 'system'::text]))),
  constraint delivery_decisions_decision_check CHECK ((decision = ANY (ARRAY['accepted'::text, 'rejected'::text, 'resend'::text, 'relaunched'::text]))),
  constraint delivery_decisions_pkey PRIMARY KEY (id),
  constraint delivery_decisions_run_id_fkey FOREIGN KEY (run_id) REFERENCES campaign_runs(id) ON DELETE CASCADE
);
CREATE INDEX delivery_decisions_run ON public.delivery_decisions USING btree (run_id, id);

create table delivery_parts (
  part smallint not null,
  provider_key text not null,
  run_id integer not null,
  seq integer not null,
  state text not null default 'accepted'::text,
  constraint delivery_parts_pkey PRIMARY KEY (run_id, seq, part),
  constraint delivery_parts_state_check CHECK ((state = ANY (ARRAY['accepted'::text, 'delivered'::text, 'failed'::text])))
) partition by RANGE (run_id);
CREATE INDEX delivery_parts_key ON ONLY public.delivery_parts USING btree (provider_key);

create table delivery_turns (
  account_id uuid not null,
  plugin_id text not null,
  served_at timestamp with time zone not null default now(),
  work double precision not null default 0,
  constraint delivery_turns_pkey PRIMARY KEY (plugin_id, account_id)
) with (fillfactor=50);

create table events (
  at timestamp with time zone not null default now(),
  classifier_version smallint,
  data jsonb,
  dedup text,
  device text,
  dwell_ms integer,
  head boolean not null default false,
  id bigint not null default nextval('event_ids'::regclass),
  ip_prefix text,
  kind text not null,
  link integer,
  reasons text[],
  run_id integer not null,
  seq integer not null,
  since_accepted_ms integer,
  user_agent text,
  verdict text,
  constraint events_device_check CHECK ((device = ANY (ARRAY['phone'::text, 'tablet'::text, 'desktop'::text, 'webmail'::text, 'other'::text, 'bot'::text]))),
  constraint events_dwell_ms_check CHECK (((dwell_ms >= 0) AND (dwell_ms <= 1800000))),
  constraint events_kind_check CHECK ((kind = ANY (ARRAY['delivered'::text, 'bounced'::text, 'opened'::text, 'clicked'::text, 'dwelled'::text, 'read'::text, 'replied'::text, 'answered'::text, 'ended'::text, 'complained'::text, 'unsubscribed'::text]))),
  constraint events_pkey PRIMARY KEY (run_id, id),
  constraint events_verdict_check CHECK ((verdict = ANY (ARRAY['person'::text, 'bot'::text, 'unverified'::text])))
) partition by RANGE (run_id);
CREATE UNIQUE INDEX events_dedup ON ONLY public.events USING btree (run_id, dedup) WHERE (dedup IS NOT NULL);
CREATE INDEX events_delivery ON ONLY public.events USING btree (run_id, seq);

create table import_problems (
  cells jsonb not null,
  field text not null default ''::text,
  import_id uuid not null,
  line integer not null,
  reason text not null,
  record integer not null,
  constraint import_problems_import_id_fkey FOREIGN KEY (import_id) REFERENCES imports(id) ON DELETE CASCADE,
  constraint import_problems_pkey PRIMARY KEY (import_id, record, reason)
);

create table imports (
  account_id uuid not null,
  bytes bigint not null,
  bytes_read bigint not null default 0,
  columns jsonb not null default '[]'::jsonb,
  consents jsonb not null default '{}'::jsonb,
  country character(2) not null default 'CI'::bpchar,
  created integer not null default 0,
  created_at timestamp with time zone not null default now(),
  created_by uuid,
  declaration_id uuid,
  duplicates integer not null default 0,
  encoding text not null,
  error text,
  file_name text not null,
  file_path text not null,
  finished_at timestamp with time zone,
  heading_line integer not null default 1,
  id uuid not null default new_id(),
  invalid integer not null default 0,
  line_ends text not null default 'lf'::text,
  list_id uuid,
  mapping jsonb not null default '{}'::jsonb,
  rows integer not null default 0,
  separator text not null,
  started_at timestamp with time zone,
  state text not null default 'uploaded'::text,
  updated integer not null default 0,
  warnings integer not null default 0,
  constraint imports_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint imports_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id) ON DELETE SET NULL,
  constraint imports_declaration_id_fkey FOREIGN KEY (declaration_id) REFERENCES consent_declarations(id),
  constraint imports_line_ends_check CHECK ((line_ends = ANY (ARRAY['lf'::text, 'crlf'::text, 'cr'::text, 'any'::text]))),
  constraint imports_list_id_fkey FOREIGN KEY (list_id) REFERENCES contact_lists(id) ON DELETE SET NULL,
  constraint imports_pkey PRIMARY KEY (id),
  constraint imports_state_check CHECK ((state = ANY (ARRAY['uploaded'::text, 'queued'::text, 'reading'::text, 'merging'::text, 'finished'::text, 'failed'::text])))
);
CREATE INDEX imports_recent ON public.imports USING btree (account_id, id DESC);

create table invitations (
  accepted_at timestamp with time zone,
  account_id uuid not null,
  created_at timestamp with time zone not null default now(),
  email text not null,
  expires_at timestamp with time zone not null,
  full_name text not null,
  id uuid not null default new_id(),
  invited_by uuid,
  locale text not null,
  role text not null,
  token_hash text not null,
  constraint invitations_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint invitations_email_check CHECK ((email = lower(email))),
  constraint invitations_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES users(id) ON DELETE SET NULL,
  constraint invitations_pkey PRIMARY KEY (id),
  constraint invitations_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'manager'::text, 'reader'::text]))),
  constraint invitations_token_hash_key UNIQUE (token_hash)
);
CREATE UNIQUE INDEX invitations_open ON public.invitations USING btree (account_id, email) WHERE (accepted_at IS NULL);

create table ledger_accounts (
  account_id uuid,
  balance bigint not null default 0,
  closed_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  currency character(3) not null,
  id bigint not null generated always as identity,
  key text not null,
  kind text not null,
  min_balance bigint,
  version bigint not null default 0,
  constraint balance_floor CHECK (((min_balance IS NULL) OR (balance >= min_balance))),
  constraint ledger_accounts_currency_fkey FOREIGN KEY (currency) REFERENCES ledger_currencies(code),
  constraint ledger_accounts_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200))),
  constraint ledger_accounts_key_key UNIQUE (key),
  constraint ledger_accounts_kind_check CHECK ((kind = ANY (ARRAY['clearing'::text, 'wallet'::text, 'escrow'::text, 'revenue'::text, 'fee'::text, 'promo'::text, 'suspense'::text, 'tax'::text]))),
  constraint ledger_accounts_pkey PRIMARY KEY (id)
) with (fillfactor=50);
CREATE INDEX ledger_accounts_owner ON public.ledger_accounts USING btree (account_id) WHERE (account_id IS NOT NULL);
CREATE TRIGGER ledger_accounts_guard BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.ledger_accounts FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard();

create table ledger_currencies (
  code character(3) not null,
  exponent smallint not null,
  constraint ledger_currencies_code_check CHECK ((code ~ '^[A-Z]{3}$'::text)),
  constraint ledger_currencies_exponent_check CHECK (((exponent >= 0) AND (exponent <= 4))),
  constraint ledger_currencies_pkey PRIMARY KEY (code)
);

create table ledger_entries (
  account_version bigint not null,
  amount bigint not null,
  balance_after bigint not null,
  created_at timestamp with time zone not null default now(),
  id bigint not null generated always as identity,
  ledger_account_id bigint not null,
  transaction_id bigint not null,
  constraint ledger_entries_amount_check CHECK ((amount <> 0)),
  constraint ledger_entries_balanced TRIGGER DEFERRABLE INITIALLY DEFERRED,
  constraint ledger_entries_ledger_account_id_account_version_key UNIQUE (ledger_account_id, account_version),
  constraint ledger_entries_ledger_account_id_fkey FOREIGN KEY (ledger_account_id) REFERENCES ledger_accounts(id),
  constraint ledger_entries_pkey PRIMARY KEY (id),
  constraint ledger_entries_transaction_id_fkey FOREIGN KEY (transaction_id) REFERENCES ledger_transactions(id),
  constraint ledger_entries_transaction_id_ledger_account_id_key UNIQUE (transaction_id, ledger_account_id)
);
CREATE CONSTRAINT TRIGGER ledger_entries_balanced AFTER INSERT ON public.ledger_entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_assert_balanced();
CREATE TRIGGER ledger_entries_guard BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard();

create table ledger_transactions (
  created_at timestamp with time zone not null default now(),
  currency character(3) not null,
  effective_at timestamp with time zone not null,
  id bigint not null generated always as identity,
  idempotency_key text not null,
  kind text not null,
  metadata jsonb not null default '{}'::jsonb,
  request_hash bytea not null,
  reverses_id bigint,
  subject_id text,
  subject_type text,
  constraint ledger_transactions_balanced TRIGGER DEFERRABLE INITIALLY DEFERRED,
  constraint ledger_transactions_currency_fkey FOREIGN KEY (currency) REFERENCES ledger_currencies(code),
  constraint ledger_transactions_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 200))),
  constraint ledger_transactions_idempotency_key_key UNIQUE (idempotency_key),
  constraint ledger_transactions_pkey PRIMARY KEY (id),
  constraint ledger_transactions_reverses_id_fkey FOREIGN KEY (reverses_id) REFERENCES ledger_transactions(id),
  constraint ledger_transactions_reverses_id_key UNIQUE (reverses_id)
);
CREATE INDEX ledger_transactions_subject ON public.ledger_transactions USING btree (subject_type, subject_id);
CREATE CONSTRAINT TRIGGER ledger_transactions_balanced AFTER INSERT ON public.ledger_transactions DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_assert_balanced();
CREATE TRIGGER ledger_transactions_guard BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.ledger_transactions FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard();

create table memberships (
  account_id uuid not null,
  created_at timestamp with time zone not null default now(),
  role text not null,
  user_id uuid not null,
  constraint memberships_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint memberships_pkey PRIMARY KEY (account_id, user_id),
  constraint memberships_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'manager'::text, 'reader'::text]))),
  constraint memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
CREATE INDEX memberships_user ON public.memberships USING btree (user_id);

create table message_facts (
  at timestamp with time zone not null,
  endpoint text not null,
  fact_id text not null,
  plugin_id text not null,
  constraint message_facts_pkey PRIMARY KEY (plugin_id, endpoint, fact_id)
);

create table metric_totals (
  key text not null,
  value double precision not null,
  constraint metric_totals_pkey PRIMARY KEY (key)
);

create table open_costs (
  cost_micro bigint not null,
  run_id integer not null,
  seq integer not null,
  constraint open_costs_cost_micro_check CHECK ((cost_micro >= 0)),
  constraint open_costs_pkey PRIMARY KEY (run_id, seq),
  constraint open_costs_run_id_fkey FOREIGN KEY (run_id) REFERENCES campaign_runs(id) ON DELETE CASCADE
);

create table opt_words (
  bundled boolean not null default false,
  created_at timestamp with time zone not null default now(),
  id uuid not null default new_id(),
  language text not null default ''::text,
  means text not null,
  word text not null,
  constraint opt_words_language_check CHECK ((length(language) <= 10)),
  constraint opt_words_means_check CHECK ((means = ANY (ARRAY['out'::text, 'in'::text]))),
  constraint opt_words_pkey PRIMARY KEY (id),
  constraint opt_words_word_check CHECK (((length(word) >= 1) AND (length(word) <= 40))),
  constraint opt_words_word_key UNIQUE (word)
);

create table parked_facts (
  endpoint text not null,
  fact jsonb not null,
  fact_id text not null,
  parked_at timestamp with time zone not null default now(),
  place bigint not null generated always as identity,
  plugin_id text not null,
  subject text not null,
  constraint parked_facts_pkey PRIMARY KEY (plugin_id, endpoint, fact_id),
  constraint parked_facts_plugin_id_fkey FOREIGN KEY (plugin_id) REFERENCES plugins(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX parked_facts_place ON public.parked_facts USING btree (place);
CREATE INDEX parked_facts_subject ON public.parked_facts USING btree (plugin_id, subject);

create table plugin_failures (
  at timestamp with time zone not null default now(),
  code text not null,
  detail text not null,
  id bigint not null generated always as identity,
  operation text not null,
  plugin_id text not null,
  constraint plugin_failures_pkey PRIMARY KEY (id),
  constraint plugin_failures_plugin_id_fkey FOREIGN KEY (plugin_id) REFERENCES plugins(id) ON DELETE CASCADE
);
CREATE INDEX plugin_failures_recent ON public.plugin_failures USING btree (plugin_id, at DESC);

create table plugin_secrets (
  cipher text not null,
  name text not null,
  plugin_id text not null,
  updated_at timestamp with time zone not null default now(),
  constraint plugin_secrets_pkey PRIMARY KEY (plugin_id, name),
  constraint plugin_secrets_plugin_id_fkey FOREIGN KEY (plugin_id) REFERENCES plugins(id) ON DELETE CASCADE
);

create table plugin_storage (
  expires_at timestamp with time zone,
  key text not null,
  plugin_id text not null,
  value text not null,
  constraint plugin_storage_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200))),
  constraint plugin_storage_pkey PRIMARY KEY (plugin_id, key),
  constraint plugin_storage_plugin_id_fkey FOREIGN KEY (plugin_id) REFERENCES plugins(id) ON DELETE CASCADE
);

create table plugin_webhook_calls (
  id uuid not null default new_id(),
  name text not null,
  plugin_id text not null,
  received_at timestamp with time zone not null default now(),
  sha256 text not null,
  verdict text not null,
  constraint plugin_webhook_calls_pkey PRIMARY KEY (id),
  constraint plugin_webhook_calls_plugin_id_fkey FOREIGN KEY (plugin_id) REFERENCES plugins(id) ON DELETE CASCADE,
  constraint plugin_webhook_calls_verdict_check CHECK ((verdict = ANY (ARRAY['accepted'::text, 'refused'::text, 'failed'::text])))
);
CREATE INDEX plugin_webhook_calls_repeated ON public.plugin_webhook_calls USING btree (plugin_id, name, sha256);

create table plugins (
  created_at timestamp with time zone not null default now(),
  desired text not null default 'disabled'::text,
  granted jsonb not null default '{}'::jsonb,
  health text not null default 'unknown'::text,
  health_detail text not null default ''::text,
  id text not null,
  operation text,
  operation_error text,
  quarantine_code text,
  quarantine_reason text,
  quarantined_at timestamp with time zone,
  settings jsonb not null default '{}'::jsonb,
  settings_source text not null default 'default'::text,
  updated_at timestamp with time zone not null default now(),
  version text not null,
  constraint plugins_desired_check CHECK ((desired = ANY (ARRAY['enabled'::text, 'disabled'::text]))),
  constraint plugins_health_check CHECK ((health = ANY (ARRAY['unknown'::text, 'ok'::text, 'degraded'::text]))),
  constraint plugins_id_check CHECK ((id ~ '^[a-z][a-z0-9_]{1,30}$'::text)),
  constraint plugins_operation_check CHECK ((operation = ANY (ARRAY['installing'::text, 'upgrading'::text, 'uninstalling'::text]))),
  constraint plugins_pkey PRIMARY KEY (id),
  constraint plugins_settings_source_check CHECK ((settings_source = ANY (ARRAY['default'::text, 'sandbox'::text, 'admin'::text])))
);
CREATE TRIGGER plugins_changed AFTER INSERT OR DELETE OR UPDATE OF version, desired, operation, quarantined_at, settings, granted, health ON public.plugins FOR EACH ROW EXECUTE FUNCTION notify_plugins_changed();

create table quotes (
  account_id uuid not null,
  assumptions jsonb not null default '[]'::jsonb,
  audience integer not null,
  audience_hash text not null,
  brief_hash text not null,
  campaign_id uuid not null,
  created_at timestamp with time zone not null default now(),
  created_by uuid,
  currency character(3) not null,
  excluded jsonb not null,
  expected bigint not null,
  expires_at timestamp with time zone not null,
  id uuid not null default new_id(),
  lines jsonb not null,
  maximum bigint not null,
  minimum bigint not null,
  reachable integer not null,
  unit_prices jsonb not null,
  constraint quotes_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint quotes_check CHECK ((expected >= minimum)),
  constraint quotes_check1 CHECK ((maximum >= expected)),
  constraint quotes_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id) ON DELETE SET NULL,
  constraint quotes_minimum_check CHECK ((minimum >= 0)),
  constraint quotes_pkey PRIMARY KEY (id)
);
CREATE INDEX quotes_campaign ON public.quotes USING btree (campaign_id, id DESC);
CREATE TRIGGER quotes_immutable BEFORE UPDATE ON public.quotes FOR EACH STATEMENT EXECUTE FUNCTION forbid_quote_change();

create table rate_buckets (
  blocked_until timestamp with time zone,
  ceiling double precision,
  faults integer not null default 0,
  key text not null,
  rate double precision,
  refilled_at timestamp with time zone not null default clock_timestamp(),
  tokens double precision not null default 0,
  updated_at timestamp with time zone not null default now(),
  why text not null default ''::text,
  constraint rate_buckets_ceiling_check CHECK ((ceiling > (0)::double precision)),
  constraint rate_buckets_pkey PRIMARY KEY (key),
  constraint rate_buckets_rate_check CHECK ((rate > (0)::double precision))
) with (fillfactor=50);

create table rate_cards (
  created_at timestamp with time zone not null default now(),
  currency character(3) not null,
  id uuid not null default new_id(),
  service_id uuid not null,
  constraint rate_cards_pkey PRIMARY KEY (id),
  constraint rate_cards_service_id_currency_key UNIQUE (service_id, currency),
  constraint rate_cards_service_id_fkey FOREIGN KEY (service_id) REFERENCES services(id) ON DELETE CASCADE
);

create table rate_limits (
  expire bigint,
  key character varying(255) not null,
  points integer not null default 0,
  constraint rate_limits_pkey PRIMARY KEY (key)
);

create table rates (
  created_at timestamp with time zone not null default now(),
  created_by uuid,
  effective_from timestamp with time zone not null default now(),
  from_units bigint not null default 0,
  id uuid not null default new_id(),
  prefix text not null default ''::text,
  price_micro bigint not null,
  rate_card_id uuid not null,
  unit text not null,
  constraint rates_created_by_fkey FOREIGN KEY (created_by) REFERENCES staff_members(id) ON DELETE SET NULL,
  constraint rates_from_units_check CHECK ((from_units >= 0)),
  constraint rates_pkey PRIMARY KEY (id),
  constraint rates_prefix_check CHECK ((prefix ~ '^[0-9]*$'::text)),
  constraint rates_price_micro_check CHECK ((price_micro >= 0)),
  constraint rates_rate_card_id_fkey FOREIGN KEY (rate_card_id) REFERENCES rate_cards(id) ON DELETE CASCADE,
  constraint rates_rate_card_id_unit_prefix_from_units_effective_from_key UNIQUE (rate_card_id, unit, prefix, from_units, effective_from)
);

create table run_destinations (
  accepted integer not null default 0,
  audience integer not null default 0,
  bounced integer not null default 0,
  clicked integer not null default 0,
  complained integer not null default 0,
  delivered integer not null default 0,
  destination text not null,
  opened integer not null default 0,
  rejected integer not null default 0,
  run_id integer not null,
  uncertain integer not null default 0,
  unsubscribed integer not null default 0,
  constraint run_destinations_pkey PRIMARY KEY (run_id, destination),
  constraint run_destinations_run_id_fkey FOREIGN KEY (run_id) REFERENCES campaign_runs(id) ON DELETE CASCADE
) with (fillfactor=70);

create table run_devices (
  clicked integer not null default 0,
  device text not null,
  opened integer not null default 0,
  run_id integer not null,
  constraint run_devices_pkey PRIMARY KEY (run_id, device),
  constraint run_devices_run_id_fkey FOREIGN KEY (run_id) REFERENCES campaign_runs(id) ON DELETE CASCADE
) with (fillfactor=70);

create table run_hours (
  clicked integer not null default 0,
  hour smallint not null,
  opened integer not null default 0,
  run_id integer not null,
  weekday smallint not null,
  constraint run_hours_hour_check CHECK (((hour >= 0) AND (hour <= 23))),
  constraint run_hours_pkey PRIMARY KEY (run_id, weekday, hour),
  constraint run_hours_run_id_fkey FOREIGN KEY (run_id) REFERENCES campaign_runs(id) ON DELETE CASCADE,
  constraint run_hours_weekday_check CHECK (((weekday >= 1) AND (weekday <= 7)))
) with (fillfactor=70);

create table run_links (
  bot_clicks integer not null default 0,
  clicks integer not null default 0,
  n integer not null,
  run_id integer not null,
  url text not null,
  constraint run_links_pkey PRIMARY KEY (run_id, n),
  constraint run_links_run_id_fkey FOREIGN KEY (run_id) REFERENCES campaign_runs(id) ON DELETE CASCADE
);

create table run_refusals (
  deliveries integer not null default 0,
  reason text not null,
  run_id integer not null,
  constraint run_refusals_pkey PRIMARY KEY (run_id, reason),
  constraint run_refusals_run_id_fkey FOREIGN KEY (run_id) REFERENCES campaign_runs(id) ON DELETE CASCADE
) with (fillfactor=70);

create table run_series (
  accepted integer not null default 0,
  clicked integer not null default 0,
  clicked_bot integer not null default 0,
  minute timestamp with time zone not null,
  opened integer not null default 0,
  opened_bot integer not null default 0,
  rejected integer not null default 0,
  run_id integer not null,
  uncertain integer not null default 0,
  unsubscribed integer not null default 0,
  constraint run_series_pkey PRIMARY KEY (run_id, minute),
  constraint run_series_run_id_fkey FOREIGN KEY (run_id) REFERENCES campaign_runs(id) ON DELETE CASCADE
);

create table run_visits (
  beacons smallint not null default 1,
  ms integer not null,
  run_id integer not null,
  seq integer not null,
  since integer not null,
  constraint run_visits_pkey PRIMARY KEY (run_id, seq, since),
  constraint run_visits_run_id_fkey FOREIGN KEY (run_id) REFERENCES campaign_runs(id) ON DELETE CASCADE
) with (fillfactor=70);

create table sandbox_messages (
  body jsonb not null default '{}'::jsonb,
  id uuid not null default new_id(),
  plugin_id text not null,
  raw bytea,
  received_at timestamp with time zone not null default now(),
  recipient text not null,
  sender text not null default ''::text,
  simulator text not null,
  title text not null default ''::text,
  constraint sandbox_messages_pkey PRIMARY KEY (id)
);
CREATE INDEX sandbox_messages_recent ON public.sandbox_messages USING btree (simulator, id DESC);
CREATE INDEX sandbox_messages_recipient ON public.sandbox_messages USING btree (recipient, id DESC);

create table services (
  channel text not null,
  created_at timestamp with time zone not null default now(),
  description jsonb not null default '{}'::jsonb,
  id uuid not null default new_id(),
  plugin_id text not null,
  position integer not null default 0,
  slug text not null,
  status text not null default 'draft'::text,
  title jsonb not null,
  updated_at timestamp with time zone not null default now(),
  constraint services_pkey PRIMARY KEY (id),
  constraint services_slug_key UNIQUE (slug),
  constraint services_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'published'::text])))
);

create table sessions (
  data text not null,
  expires_at timestamp with time zone not null,
  id text not null,
  user_id text,
  constraint sessions_pkey PRIMARY KEY (id)
);
CREATE INDEX sessions_expiry ON public.sessions USING btree (expires_at);
CREATE INDEX sessions_person ON public.sessions USING btree (user_id) WHERE (user_id IS NOT NULL);

create table staff_members (
  created_at timestamp with time zone not null default now(),
  disabled_at timestamp with time zone,
  email text not null,
  full_name text not null,
  id uuid not null default new_id(),
  locale text not null default 'fr'::text,
  password text not null,
  role text not null default 'admin'::text,
  updated_at timestamp with time zone not null default now(),
  constraint staff_members_email_check CHECK ((email = lower(email))),
  constraint staff_members_email_key UNIQUE (email),
  constraint staff_members_pkey PRIMARY KEY (id),
  constraint staff_members_role_check CHECK ((role = ANY (ARRAY['admin'::text, 'support'::text])))
);

create table suppressions (
  account_id uuid not null,
  address text not null,
  created_at timestamp with time zone not null default now(),
  id uuid not null default new_id(),
  reason text not null,
  source text not null default ''::text,
  constraint suppressions_account_id_address_key UNIQUE (account_id, address),
  constraint suppressions_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint suppressions_pkey PRIMARY KEY (id),
  constraint suppressions_reason_check CHECK ((reason = ANY (ARRAY['unsubscribed'::text, 'bounced'::text, 'complained'::text, 'manual'::text])))
);

create table templates (
  account_id uuid not null,
  archived_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  created_by uuid,
  format text not null,
  html text,
  id uuid not null default new_id(),
  name text not null,
  source text not null,
  text text not null default ''::text,
  text_is_custom boolean not null default false,
  updated_at timestamp with time zone not null default now(),
  constraint templates_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint templates_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id) ON DELETE SET NULL,
  constraint templates_format_check CHECK ((format = ANY (ARRAY['mjml'::text, 'html'::text, 'text'::text]))),
  constraint templates_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
  constraint templates_pkey PRIMARY KEY (id)
);
CREATE INDEX templates_recent ON public.templates USING btree (account_id, id DESC);

create table theme_settings (
  key text not null,
  theme text not null,
  value jsonb not null,
  constraint theme_settings_pkey PRIMARY KEY (theme, key)
);

create table users (
  chosen_account_id uuid,
  confirmed_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  email text not null,
  full_name text not null,
  id uuid not null default new_id(),
  locale text not null default 'fr'::text,
  password text not null,
  updated_at timestamp with time zone not null default now(),
  constraint users_chosen_account_id_fkey FOREIGN KEY (chosen_account_id) REFERENCES accounts(id) ON DELETE SET NULL,
  constraint users_email_check CHECK ((email = lower(email))),
  constraint users_email_key UNIQUE (email),
  constraint users_pkey PRIMARY KEY (id)
);

create table workers (
  figures jsonb not null default '{}'::jsonb,
  host text not null,
  id uuid not null,
  pid integer not null,
  seen_at timestamp with time zone not null default now(),
  started_at timestamp with time zone not null default now(),
  constraint workers_pkey PRIMARY KEY (id)
);
CREATE TRIGGER counters_stay_without_worker AFTER DELETE ON public.workers REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION keep_counters_of_workers();

create sequence event_ids as bigint start 1 minvalue 1;

create sequence large_run_ids as integer start 1073741824 minvalue 1073741824;

create view ledger_invariants as
 SELECT 'currency_sums_to_zero'::text AS invariant,
    (t.currency)::text AS subject,
    sum(e.amount) AS off
   FROM (ledger_entries e
     JOIN ledger_transactions t ON ((t.id = e.transaction_id)))
  GROUP BY t.currency
 HAVING (sum(e.amount) <> (0)::numeric)
UNION ALL
 SELECT 'transaction_sums_to_zero'::text AS invariant,
    (ledger_entries.transaction_id)::text AS subject,
    sum(ledger_entries.amount) AS off
   FROM ledger_entries
  GROUP BY ledger_entries.transaction_id
 HAVING ((sum(ledger_entries.amount) <> (0)::numeric) OR (count(*) < 2))
UNION ALL
 SELECT 'transaction_has_entries'::text AS invariant,
    (t.id)::text AS subject,
    0 AS off
   FROM ledger_transactions t
  WHERE (NOT (EXISTS ( SELECT 1
           FROM ledger_entries e
          WHERE (e.transaction_id = t.id))))
UNION ALL
 SELECT 'balance_equals_entries'::text AS invariant,
    a.key AS subject,
    ((a.balance)::numeric - COALESCE(s.total, (0)::numeric)) AS off
   FROM (ledger_accounts a
     LEFT JOIN ( SELECT ledger_entries.ledger_account_id,
            sum(ledger_entries.amount) AS total
           FROM ledger_entries
          GROUP BY ledger_entries.ledger_account_id) s ON ((s.ledger_account_id = a.id)))
  WHERE ((a.balance)::numeric <> COALESCE(s.total, (0)::numeric))
UNION ALL
 SELECT 'versions_have_no_gap'::text AS invariant,
    a.key AS subject,
    (a.version - COALESCE(s.entries, (0)::bigint)) AS off
   FROM (ledger_accounts a
     LEFT JOIN ( SELECT ledger_entries.ledger_account_id,
            count(*) AS entries
           FROM ledger_entries
          GROUP BY ledger_entries.ledger_account_id) s ON ((s.ledger_account_id = a.id)))
  WHERE (a.version <> COALESCE(s.entries, (0)::bigint))
UNION ALL
 SELECT 'running_balance'::text AS invariant,
    (q.ledger_account_id)::text AS subject,
    q.off
   FROM ( SELECT ledger_entries.ledger_account_id,
            ((ledger_entries.balance_after)::numeric - sum(ledger_entries.amount) OVER (PARTITION BY ledger_entries.ledger_account_id ORDER BY ledger_entries.account_version)) AS off
           FROM ledger_entries) q
  WHERE (q.off <> (0)::numeric)
UNION ALL
 SELECT 'floor'::text AS invariant,
    ledger_accounts.key AS subject,
    ledger_accounts.balance AS off
   FROM ledger_accounts
  WHERE ((ledger_accounts.min_balance IS NOT NULL) AND (ledger_accounts.balance < ledger_accounts.min_balance))
UNION ALL
 SELECT 'one_currency'::text AS invariant,
    (e.id)::text AS subject,
    1 AS off
   FROM ((ledger_entries e
     JOIN ledger_transactions t ON ((t.id = e.transaction_id)))
     JOIN ledger_accounts a ON ((a.id = e.ledger_account_id)))
  WHERE (a.currency <> t.currency);

create function analyze_large_run(run integer) returns void;

create function bucket_room(rate double precision, tokens double precision, refilled_at timestamp with time zone) returns double precision;

create function capture_cost(p_campaign uuid, p_hold integer, p_cost_micro bigint, p_key text, p_escrow text, p_revenue text, p_currency text) returns bigint;

create function delete_contacts_of_accounts() returns trigger;

create function delete_deliveries_of_runs() returns trigger;

create function delete_events_of_runs() returns trigger;

create function delete_members_of_contacts() returns trigger;

create function delete_members_of_lists() returns trigger;

create function delete_parts_of_runs() returns trigger;

create function forbid_quote_change() returns trigger;

create function free_deliveries(p_run integer, p_from integer, p_to integer, p_lease uuid, p_pause double precision, OUT still_open integer, OUT due timestamp with time zone) returns record;

create function hand_over(p_run integer, p_chunk integer, p_lease uuid, p_seqs integer[], p_lease_seconds integer) returns TABLE(seq integer, address text, destination text, attempts smallint, contact jsonb);

create function hand_over_deliveries(p_run integer, p_lease uuid, p_seqs integer[]) returns TABLE(seq integer, address text, destination text, attempts smallint, contact jsonb);

create function is_quiet(quiet_from time without time zone, quiet_until time without time zone, zone text, at timestamp with time zone) returns boolean;

create function keep_counters_of_runs() returns trigger;

create function keep_counters_of_workers() returns trigger;

create function keep_open_costs(p_run integer, p_costs jsonb, p_taken integer[]) returns void;

create function ledger_assert_balanced() returns trigger;

create function ledger_guard() returns trigger;

create function ledger_open(p_key text, p_kind text, p_currency text, p_account uuid, p_min_balance bigint) returns bigint;

create function ledger_post(p_key text, p_kind text, p_postings jsonb, p_subject_type text DEFAULT NULL::text, p_subject_id text DEFAULT NULL::text, p_effective_at timestamp with time zone DEFAULT NULL::timestamp with time zone, p_metadata jsonb DEFAULT '{}'::jsonb, p_reverses bigint DEFAULT NULL::bigint, OUT transaction_id bigint, OUT replayed boolean) returns record;

create function new_id() returns uuid;

create function notify_plugins_changed() returns trigger;

create function open_run_partitions(run integer) returns void;

create function queue_parked_facts(p_run integer, p_seqs integer[], p_provider_keys text[], p_parts jsonb) returns void;

create function quiet_end(quiet_from time without time zone, quiet_until time without time zone, zone text, at timestamp with time zone) returns timestamp with time zone;

create function record_outcomes(p_run integer, p_lease uuid, p_at timestamp with time zone, p_seqs integer[], p_states text[], p_reasons text[], p_details text[], p_provider_keys text[], p_not_before timestamp with time zone[], p_costs bigint[], p_dead boolean[], p_parts jsonb, OUT accepted integer, OUT pending integer, OUT dead text[], OUT returned text[], OUT late integer[], OUT taken integer[], OUT cost bigint, OUT account uuid, OUT campaign uuid, OUT hold_n integer) returns record;

create function refuse_contacts_without_account() returns trigger;

create function refuse_members_without_list() returns trigger;

create function reject_deliveries(p_run integer, p_seqs integer[], p_reason text, p_lease uuid, p_at timestamp with time zone) returns integer;

create function reserve_touches(account uuid, addresses text[], cap integer, days integer) returns SETOF text;

create function return_touches(p_account uuid, p_addresses text[]) returns void;

create function search_text(text) returns text;

create function settle_window(p_run integer, p_lease uuid, p_at timestamp with time zone, p_seqs integer[], p_states text[], p_reasons text[], p_details text[], p_provider_keys text[], p_not_before timestamp with time zone[], p_costs bigint[], p_dead boolean[], p_capped boolean, p_parts jsonb, p_open_costs jsonb, p_key text, p_escrow text, p_revenue text, p_currency text, OUT accepted integer, OUT pending integer) returns record;

create function suppress_addresses(p_account uuid, p_addresses text[], p_reason text, p_source text) returns void;

create function take_tokens(shared_keys text[], destination_keys text[], wants integer[]) returns TABLE(destination_key text, granted integer, wait double precision);

create function try_late_rows(p_run integer, p_seqs integer[], p_at timestamp with time zone) returns void;

create function unsuppress_address(p_account uuid, p_address text, p_reason text) returns void;
