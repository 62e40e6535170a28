namespace FlowDispatch.Uploads;

/// <summary>Why a row of an upload is invalid.</summary>
/// <param name="Line">The line of the file on which the row begins, from 1.</param>
/// <param name="Value">What was found there, shortened.</param>
/// <param name="Reason">What is wrong with it and how to mend it.</param>
public sealed record UploadError(int Line, string Value, string Reason);
