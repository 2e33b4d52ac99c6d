//! Row-level security of PostgreSQL: a second witness that no transaction of
//! one workspace touches the rows of another.

use tokio_postgres::Client;

use super::error::DbError;
use super::postgres_value::postgres_error;

/// The role tenant transactions take on.
pub(crate) const ROLE: &str = "hark_app";

/// Every table with a column `ws` gets two policies: the role of tenant
/// transactions sees the rows of its workspace, the role we log in as sees all.
/// Both name their role, for policies of one role add up.
const APPLY: &str = "do $$
declare
    found record;
begin
    -- Roles belong to the whole cluster: another database may make it meanwhile.
    if not exists (select from pg_roles where rolname = 'hark_app') then
        begin
            create role hark_app nologin nobypassrls;
        exception when duplicate_object or unique_violation then
            null;
        end;
    end if;
    if not pg_has_role(current_user, 'hark_app', 'member') then
        execute format('grant hark_app to %I', current_user);
    end if;
    execute format('grant usage on schema %I to hark_app', current_schema());
    execute format('grant select, insert, update, delete on all tables in schema %I to hark_app',
                   current_schema());
    execute format('grant usage on all sequences in schema %I to hark_app', current_schema());
    for found in
        select c.oid::regclass as name
        from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'ws' and not a.attisdropped
        where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace
            -- A table that has them is left alone: changing it would wait for, and might
            -- deadlock with, what other nodes do to it.
            and not (c.relrowsecurity and c.relforcerowsecurity
                and 2 = (select count(*) from pg_policy p where p.polrelid = c.oid
                    and (p.polname = 'hark_tenant' or (p.polname = 'hark_server'
                        and p.polroles = array[(select oid from pg_roles where rolname = current_user)]))))
    loop
        execute format('alter table %s enable row level security', found.name);
        execute format('alter table %s force row level security', found.name);
        execute format('drop policy if exists hark_tenant on %s', found.name);
        execute format('create policy hark_tenant on %s to hark_app
                        using (ws = nullif(current_setting(''hark.ws'', true), '''')::uuid)
                        with check (ws = nullif(current_setting(''hark.ws'', true), '''')::uuid)',
                       found.name);
        execute format('drop policy if exists hark_server on %s', found.name);
        execute format('create policy hark_server on %s to %I using (true) with check (true)',
                       found.name, current_user);
    end loop;
end
$$";

/// Creates the role and the policies; safe to repeat.
pub(crate) async fn apply(client: &Client) -> Result<(), DbError> {
    client.batch_execute(APPLY).await.map_err(|error| postgres_error("row_security", &error))
}
