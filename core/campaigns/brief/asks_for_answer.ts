/** Whether a text has the link by which its reader says whether they agree to be written to */
export function asksForAnswer(source: string): boolean {
  return /\{\{-?\s*links\.consent\b/.test(source)
}
