using System.Globalization;
using FlowDispatch.AspNetCore.Requests;
using FlowDispatch.Recipients;
using FlowDispatch.Storage;

namespace FlowDispatch.AspNetCore.Recipients;

/// <summary>Reads which recipients are wanted.</summary>
internal static class RecipientQuery
{
    public static RecipientFilter Filter(QueryReader query) => new(
        query.Word<RecipientStatus>("status") is { } status ? [status] : null,
        query.Word("reached", Milestone.Sent, Milestone.Delivered, Milestone.Read, Milestone.Replied),
        query.Filter("error_code") is { } code ? [code] : null,
        query.Filter("query"));

    /// <summary>A cursor is the last ordinal.</summary>
    public static bool IsCursor(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
