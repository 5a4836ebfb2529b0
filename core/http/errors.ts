import { errorKind, KernelError } from '#core/errors/kernel_error'

/** A page of a theme was asked for before themes were wired */
export const E_PAGE_ENGINE_MISSING = errorKind<[template: string]>(
  'The page "%s" needs the theme engine. Call registerThemes() from #core/themes/register_themes at boot',
  'E_PAGE_ENGINE_MISSING',
  500
)

/** An icon that is not in Tabler's outline set */
export const E_ICON_UNKNOWN = errorKind<[name: string]>(
  'There is no icon "%s". Names are those of https://tabler.io/icons, outline set',
  'E_ICON_UNKNOWN',
  500
)

/** An amount that could not be read */
export const E_MONEY_UNREADABLE = errorKind<[text: string, currency: string]>(
  '"%s" is not an amount in %s',
  'E_MONEY_UNREADABLE',
  422
)

/** A value in the model of a page that is not plain data */
export const E_PAGE_MODEL = errorKind<[path: string, kind: string]>(
  'The model of the page holds, at "%s", a %s. Give templates plain data: strings, numbers, bigint, booleans, Date, arrays, objects',
  'E_PAGE_MODEL',
  500
)

/** Control characters where a person types text: answered as a page, not by the form that could not have sent them */
export class InputUnreadableError extends KernelError {
  static override status = 422
  static override code = 'E_INPUT_UNREADABLE'
  static override message = 'The request holds control characters'
  override readonly translation = { key: 'errors.E_INPUT_UNREADABLE' }
  override readonly asPage = true
}

/** A file, or a body, that this address does not take: refused before it is read */
export class UploadRefusedError extends KernelError {
  static override status = 415
  static override code = 'E_UPLOAD_REFUSED'
  static override message = 'This address takes no files'
}
