using System.Data.Common;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace FlowDispatch.AspNetCore.Problems;

/// <summary>Tells errors of a store that is out of reach, which pass, from all others.</summary>
/// <remarks>
/// The API knows no store. But whatever a store's client throws then has one of a few things in its chain: an error of the
/// database that calls itself transient or is of the connection, a socket's, or a time that ran out.
/// </remarks>
internal static class StoreOutage
{
    // SQLSTATE: connection exceptions, and a server that shuts down, has crashed or is starting.
    private static readonly string[] Lost = ["08", "57P"];

    // Not all of them have a socket's error inside, and none has a base class that the framework knows.
    private static readonly string[] RedisErrors = ["StackExchange.Redis.RedisConnectionException", "StackExchange.Redis.RedisTimeoutException"];

    /// <summary>Whether <paramref name="error"/>, or what it was caused by, is one.</summary>
    public static bool Is(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is DbException { IsTransient: true } or SocketException
                || (cause is DbException { SqlState: { } state } && Array.Exists(Lost, s => state.StartsWith(s, StringComparison.Ordinal)))
                || (cause is TimeoutException and not RegexMatchTimeoutException)
                || Array.Exists(RedisErrors, name => name == cause.GetType().FullName))
            {
                return true;
            }
        }

        return false;
    }
}
