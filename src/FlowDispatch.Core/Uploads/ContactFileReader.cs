using System.Diagnostics.CodeAnalysis;
using FlowDispatch.Contacts;

namespace FlowDispatch.Uploads;

/// <summary>Reads people from uploaded text of any size in bounded memory. Safe for many threads.</summary>
/// <remarks>
/// <para>CSV: quoted values may hold separators, line breaks and doubled quotes; lines end with LF, CR LF or CR; the separator is the
/// one of semicolon, comma, tab and bar that the header has most (or a first line <c>sep=;</c> declares). The first row with any
/// value is the header. Columns called name or nome, email or e-mail, and language or idioma fill the contact, the first of
/// each; case and accents are ignored.</para>
/// <para>A row is refused with its reason, and reading goes on, when its number can't be one, a quote is malformed, it has more values
/// than the header (empty ones aside), or a value is too long (name 255 characters, e-mail 320, language 35, others 32,767). Only
/// what makes the rest unreadable ends the reading: no header, one of more than 256 columns, or a row of more than 256 KB,
/// which a quote that is never closed makes.</para>
/// <para>Encodings: UTF-8, UTF-16 with its mark, and Windows-1252 where the bytes are no UTF-8.</para>
/// </remarks>
/// <param name="numbers">Decides what a number is.</param>
public sealed class ContactFileReader(PhoneNumberNormalizer numbers)
{
    /// <summary>Finds out the encoding and reads the header.</summary>
    /// <param name="body">The bytes, as they arrive; read forward only, and left open.</param>
    /// <param name="options">How to read them.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ContactFileException">It is no text, has no usable header, or lacks the column that was asked for.</exception>
    [SuppressMessage("ApiDesign", "RS0026:Do not add multiple overloads with optional parameters", Justification = "Told apart by what they read: a stream or characters.")]
    public async Task<ContactFile> OpenAsync(Stream body, ContactFileOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        var text = await UploadedText.OpenAsync(body, cancellationToken).ConfigureAwait(false);
        return await OpenAsync(text, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the header of text that is decoded already.</summary>
    /// <param name="text">The text; read forward only, and left open.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ContactFileException">It has no usable header, or lacks the column that was asked for.</exception>
    [SuppressMessage("ApiDesign", "RS0026:Do not add multiple overloads with optional parameters", Justification = "Told apart by what they read: a stream or characters.")]
    public async Task<ContactFile> OpenAsync(TextReader text, ContactFileOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(options);
        return options.Mode switch
        {
            ContactFileMode.Csv => await CsvContacts.OpenAsync(text, options, numbers, cancellationToken).ConfigureAwait(false),
            ContactFileMode.List => ListContacts.Open(text, numbers),
            var mode => throw new ArgumentOutOfRangeException(nameof(options), mode, "ContactFileOptions.Mode must be Csv or List."),
        };
    }
}
