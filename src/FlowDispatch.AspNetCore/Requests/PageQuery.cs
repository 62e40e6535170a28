using FlowDispatch.Storage;

namespace FlowDispatch.AspNetCore.Requests;

/// <summary>Which page was asked for.</summary>
/// <param name="Request">As the store is asked. An empty cursor is the first page, which the store finds by number.</param>
/// <param name="ByCursor">Whether the answer names the next cursor instead of page numbers.</param>
internal sealed record PageQuery(PageRequest Request, bool ByCursor);
