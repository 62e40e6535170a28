using FlowDispatch.Contacts;

namespace FlowDispatch.Uploads;

/// <summary>One accepted row of an upload.</summary>
/// <param name="Line">The line of the file on which it begins, from 1.</param>
/// <param name="ContactId">The person it names.</param>
/// <param name="Values">Every column as written, under its header; empty for a plain list.</param>
public sealed record UploadRow(int Line, ContactId ContactId, IReadOnlyDictionary<string, object?> Values);
