import { createError, Exception } from '@adonisjs/core/exceptions'

type Translation = { readonly key: string; readonly data?: Record<string, string | number> }

/** An error that a person sees as a sentence in their language */
class ShownError extends Exception {
  declare translation: Translation
}

/** The file has no line at all */
export class FileEmptyError extends ShownError {
  static override status = 422
  static override code = 'E_FILE_EMPTY'
  override translation = { key: 'audience.errors.file_empty' }
}

/** The file is a workbook, an archive, a picture… */
export class FileNotTextError extends ShownError {
  static override status = 422
  static override code = 'E_FILE_NOT_TEXT'
  override translation = { key: 'audience.errors.file_not_text' }
}

/** No column says how to reach people */
export class MappingError extends ShownError {
  static override status = 422
  static override code = 'E_MAPPING_NO_ADDRESS'
  override translation = { key: 'audience.errors.mapping_no_address' }
}

/** Two columns were given to one field */
export class MappingTwiceError extends ShownError {
  static override status = 422
  static override code = 'E_MAPPING_TWICE'

  constructor(field: string) {
    super(`Two columns are mapped to ${field}`)
    this.translation = { key: 'audience.errors.mapping_twice', data: { field } }
  }
}

/** The account has a list of that name */
export class ListNameTakenError extends ShownError {
  static override status = 422
  static override code = 'E_LIST_NAME_TAKEN'

  constructor(name: string) {
    super(`A list is already called "${name}"`)
    this.translation = { key: 'audience.errors.list_name_taken', data: { name } }
  }
}

/** Neither an e-mail address nor a phone number */
export class AddressInvalidError extends ShownError {
  static override status = 422
  static override code = 'E_ADDRESS_INVALID'

  constructor(address: string) {
    super(`"${address}" is neither an e-mail address nor a phone number`)
    this.translation = { key: 'audience.errors.address_invalid', data: { address } }
  }
}

/** The import was started already */
export class ImportStartedError extends ShownError {
  static override status = 409
  static override code = 'E_IMPORT_STARTED'
  override translation = { key: 'audience.errors.import_started' }
}

export const E_CONTACT_NOT_FOUND = createError('No contact has the id %s', 'E_CONTACT_NOT_FOUND', 404)
