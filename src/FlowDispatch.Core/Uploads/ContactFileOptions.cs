namespace FlowDispatch.Uploads;

/// <summary>How to read one uploaded text.</summary>
public sealed record ContactFileOptions
{
    /// <summary>Its layout. Default CSV.</summary>
    public ContactFileMode Mode { get; init; } = ContactFileMode.Csv;

    /// <summary>
    /// The header of the numbers' column, for CSV; case, accents and surrounding spaces are ignored. Default null: the first
    /// column called phone, telefone, celular, whatsapp, whatsapp_id, number or numero, else the first column.
    /// </summary>
    public string? PhoneColumn { get; init; }
}
