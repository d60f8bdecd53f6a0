/** A page's address with some parameters changed; undefined and empty ones are left out. */
export function withQuery(url: string, changes: Readonly<Record<string, string | undefined>>): string {
  const [path = '', text = ''] = url.split('?', 2);
  const query = new URLSearchParams(text);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') query.delete(name);
    else query.set(name, value);
  }
  const made = query.toString();
  return made === '' ? path : `${path}?${made}`;
}

/** A path with values in the place of its `:names`, encoded. */
export function pathTo(path: string, params: Readonly<Record<string, string>>): string {
  return path.replaceAll(/:([a-z_]+)/g, (_whole, name: string) => encodeURIComponent(params[name] ?? ''));
}
