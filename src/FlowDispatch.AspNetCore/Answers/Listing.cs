using FlowDispatch.AspNetCore.Requests;
using FlowDispatch.Storage;
using Microsoft.AspNetCore.Http;

namespace FlowDispatch.AspNetCore.Answers;

/// <summary>Pages as users see them: by number, or behind a cursor.</summary>
internal static class Listing
{
    public static IResult Of<TRow, TItem>(PageQuery query, Page<TRow> page, Func<TRow, TItem> item) => query.ByCursor
        ? Answer.Ok(new CursorPage<TItem>([.. page.Items.Select(item)], page.NextCursor, page.Total))
        : Answer.Ok(new NumberedPage<TItem>(
            [.. page.Items.Select(item)],
            page.Total,
            query.Request.Number,
            query.Request.Size,
            (int)(((long)page.Total + query.Request.Size - 1) / query.Request.Size)));

    private sealed record NumberedPage<T>(IReadOnlyList<T> Items, int Total, int Page, int PageSize, int TotalPages);

    private sealed record CursorPage<T>(IReadOnlyList<T> Items, string? NextCursor, int Total);
}
