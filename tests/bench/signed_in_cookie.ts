/** Of every client that the kits make */
const PASSWORD = 'a long password'

/** Signs somebody in over HTTP, as a browser does, and gives the cookies that keep it so */
export async function aSignedInCookie(base: string, email: string): Promise<string> {
  const page = await fetch(`${base}/signin`)
  const cookie = cookiesOf(page)
  const token = /name="_csrf"[^>]*value="([^"]+)"/.exec(await page.text())?.[1] ?? ''
  const reply = await fetch(`${base}/signin`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ _csrf: token, email, password: PASSWORD }),
  })
  if (reply.status !== 302) throw new Error(`signing in answered ${reply.status}`)
  return cookiesOf(reply)
}

const cookiesOf = (reply: Response) =>
  reply.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
