import './support/dom';
import { afterEach, describe, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.resetModules();
});

describe('errors', () => {
  test('error information becomes a DOMException of that name', async () => {
    const { fromWire } = await import('../../../../extension/src/page/errors');
    const error = fromWire({ name: 'NotAllowedError', message: 'No.' });
    expect(error).toBeInstanceOf(DOMException);
    expect(error).toMatchObject({ name: 'NotAllowedError', message: 'No.' });
  });

  test('a realm that cannot name DOMException any more makes its own all the same', async () => {
    const { domException } = await import('../../../../extension/src/page/errors');
    const named = DOMException;
    vi.stubGlobal('DOMException', undefined);
    const error = domException('InvalidStateError', 'Gone.');
    vi.unstubAllGlobals();
    expect(error).toBeInstanceOf(named);
    expect(error).toMatchObject({ name: 'InvalidStateError', message: 'Gone.' });
  });

  test('the browser makes QuotaExceededError where it has the class', async () => {
    class QuotaExceededError extends DOMException {
      readonly numbers: object;

      constructor(message: string, numbers: object) {
        super(message, 'QuotaExceededError');
        this.numbers = numbers;
      }
    }
    vi.stubGlobal('QuotaExceededError', QuotaExceededError);
    const { fromWire } = await import('../../../../extension/src/page/errors');
    const error = fromWire({ name: 'QuotaExceededError', message: 'Too much.', requested: 9, quota: 4 });
    expect(error.constructor).toBe(QuotaExceededError);
    expect(error).toMatchObject({ numbers: { requested: 9, quota: 4 } });
  });

  test('a DOMException with the same attributes stands in where the browser has none', async () => {
    const { fromWire } = await import('../../../../extension/src/page/errors');
    const error = fromWire({ name: 'QuotaExceededError', message: 'Too much.', requested: 9, quota: 4 });
    expect(error).toBeInstanceOf(DOMException);
    expect(error).toMatchObject({ name: 'QuotaExceededError', code: 22, requested: 9, quota: 4 });
  });

  test('without numbers the attributes of the stand-in are null', async () => {
    const { quotaExceeded } = await import('../../../../extension/src/page/errors');
    expect(quotaExceeded('Too much.', {})).toMatchObject({ requested: null, quota: null });
  });
});
