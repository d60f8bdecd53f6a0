/** Asks for the id of a tenant: what its page is named after. */
export function NewCustomer({ tenantId }: { tenantId: string | undefined }) {
  return (
    <form class="filters" method="get" action="/console/customers/new">
      <label class="filter">
        <span>Tenant id</span>
        <input type="text" name="tenant_id" value={tenantId ?? ''} autocomplete="off" />
      </label>
      <button class="button" type="submit">
        Go on
      </button>
    </form>
  );
}
