/** The one address that takes files, after sign-in and with the token of its form in the query */
export const UPLOAD_PATH = '/portal/contacts/imports'

/** Bytes of an upload; 1,000,000 contacts are about 120 MB */
export const UPLOAD_LIMIT = '512mb'

/** Bytes of any other body: a template with its text is the largest form */
export const BODY_LIMIT = '4mb'
