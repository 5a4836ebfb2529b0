import { KernelError } from '#core/errors/kernel_error'

/** The file has no line at all */
export class FileEmptyError extends KernelError {
  static override status = 422
  static override code = 'E_FILE_EMPTY'
  static override message = 'The file has no line'
  override translation = { key: 'audience.errors.file_empty' }
}

/** Nobody stands below the headings */
export class FileHeadingsOnlyError extends KernelError {
  static override status = 422
  static override code = 'E_FILE_HEADINGS_ONLY'
  static override message = 'The file has headings and no row'
  override translation = { key: 'audience.errors.file_headings_only' }
}

/** The file is a workbook, an archive, a picture… */
export class FileNotTextError extends KernelError {
  static override status = 422
  static override code = 'E_FILE_NOT_TEXT'
  static override message = 'The file is not text'
  override translation = { key: 'audience.errors.file_not_text' }
}

/** No column says how to reach people */
export class MappingError extends KernelError {
  static override status = 422
  static override code = 'E_MAPPING_NO_ADDRESS'
  static override message = 'No column is an e-mail address or a phone number'
  override translation = { key: 'audience.errors.mapping_no_address' }
}

/** A form names a list that the account does not have */
export class ListUnknownError extends KernelError {
  static override status = 422
  static override code = 'E_LIST_UNKNOWN'
  static override message = 'The account has no such list'
  override translation = { key: 'audience.errors.list_unknown' }

  constructor(override readonly field: 'list' | 'lists') {
    super()
  }
}

/** Nothing says whether the people of the file agreed */
export class ConsentUnansweredError extends KernelError {
  static override status = 422
  static override code = 'E_CONSENT_UNANSWERED'
  static override message = 'No column holds the consent and the question was not answered'
  override translation = { key: 'audience.errors.consent_unanswered' }
}

/** Consent is to be asked for, and the contacts join no list */
export class AskNeedsListError extends KernelError {
  static override status = 422
  static override code = 'E_ASK_NEEDS_LIST'
  static override message = 'A request for consent goes to a list'
  override translation = { key: 'audience.errors.ask_needs_list' }
  override readonly field = 'new_list'
}

/** Two columns were given to one field */
export class MappingTwiceError extends KernelError {
  static override status = 422
  static override code = 'E_MAPPING_TWICE'

  constructor(field: string) {
    super(`Two columns are mapped to ${field}`)
    this.translation = { key: 'audience.errors.mapping_twice', data: { field } }
  }
}

/** The account has a list of that name */
export class ListNameTakenError extends KernelError {
  static override status = 422
  static override code = 'E_LIST_NAME_TAKEN'

  constructor(name: string) {
    super(`A list is already called "${name}"`)
    this.translation = { key: 'audience.errors.list_name_taken', data: { name } }
  }
}

/** Neither an e-mail address nor a phone number */
export class AddressInvalidError extends KernelError {
  static override status = 422
  static override code = 'E_ADDRESS_INVALID'

  constructor(address: string) {
    super(`"${address}" is neither an e-mail address nor a phone number`)
    this.translation = { key: 'audience.errors.address_invalid', data: { address } }
  }
}

/** The import was started already */
export class ImportStartedError extends KernelError {
  static override status = 409
  static override code = 'E_IMPORT_STARTED'
  static override message = 'The import was started already'
  override translation = { key: 'audience.errors.import_started' }
}

/** Nothing to reach the person by */
export class ContactAddressMissingError extends KernelError {
  static override status = 422
  static override code = 'E_CONTACT_NO_ADDRESS'
  static override message = 'A contact needs an e-mail address or a phone number'
  override translation = { key: 'audience.errors.contact_no_address' }
}

/** A contact of the account has the address */
export class ContactTakenError extends KernelError {
  static override status = 422
  static override code = 'E_CONTACT_TAKEN'

  constructor(email: string) {
    super(`A contact already has ${email}`)
    this.translation = { key: 'audience.errors.contact_taken', data: { email } }
  }
}
