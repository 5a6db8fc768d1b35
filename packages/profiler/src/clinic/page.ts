/** What a page of Clinic.js may do: show what is in it. It would load a web font otherwise. */
const policy =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; worker-src blob:";

/** A page of Clinic.js that loads nothing from anywhere. */
export function sealedPage(page: string): string {
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
  const head = /<head(\s[^>]*)?>/i.exec(page);
  if (!head) return `${meta}${page}`;
  const at = head.index + head[0].length;
  return page.slice(0, at) + meta + page.slice(at);
}
