/*
| The role as which alone the ledger is written (ledger_open and ledger_post run as it). Nobody signs in as it.
*/
do $role$
begin
  create role griot_ledger nologin;
exception
  when duplicate_object or unique_violation then null;
  when insufficient_privilege then
    raise exception 'The database user needs CREATEROLE once, to make the role griot_ledger that guards the ledger. Grant it, or create that role yourself and grant it to %', current_user;
end $role$;

do $member$
begin
  if current_setting('server_version_num')::int >= 160000 then
    execute format('grant griot_ledger to %I with set true, inherit false', current_user);
  else
    execute format('grant griot_ledger to %I', current_user);
  end if;
end $member$;
