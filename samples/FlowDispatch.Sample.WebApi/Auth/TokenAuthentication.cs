using System.Net;
using System.Security.Cryptography;
using System.Text;
using FlowDispatch.AspNetCore;

namespace FlowDispatch.Sample.Auth;

/// <summary>Who a request comes from: the tokens of <c>Auth:Tokens</c>, or anybody on this machine where none is configured.</summary>
internal sealed class TokenAuthentication
{
    /// <summary>The one organization of a host without tokens.</summary>
    public const string DefaultOrganization = "default";

    private readonly Dictionary<string, FlowDispatchCaller> _callers = [];

    /// <summary>Reads the configuration.</summary>
    /// <exception cref="InvalidOperationException">A token lacks its text or its organization, names no role, or is there twice.</exception>
    public static TokenAuthentication From(IConfiguration configuration)
    {
        var authentication = new TokenAuthentication();
        foreach (var token in configuration.GetSection("Auth:Tokens").GetChildren())
        {
            var text = Required(token, "Token", "the secret that callers send as Authorization: Bearer");
            var organization = Required(token, "OrganizationId", "the organization whose rows they reach");
            if (!JsonText.TryWord<FlowDispatchRole>((token["Role"] ?? "viewer").ToLowerInvariant(), out var role))
            {
                throw new InvalidOperationException($"{token.Path}:Role is {token["Role"]}; it must be viewer, operator or admin.");
            }

            if (!authentication._callers.TryAdd(Digest(text), new(organization, token["UserId"] ?? "unnamed", role)))
            {
                throw new InvalidOperationException($"{token.Path}:Token is the token of another entry too; each must have its own.");
            }
        }

        return authentication;
    }

    /// <summary>The caller; null when nobody we know.</summary>
    public FlowDispatchCaller? Resolve(HttpContext context)
    {
        if (_callers.Count == 0)
        {
            return IsLocal(context) ? new(DefaultOrganization, "local", FlowDispatchRole.Admin) : null;
        }

        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? _callers.GetValueOrDefault(Digest(header[7..].Trim())) : null;
    }

    /// <summary>Whether the request may go where no caller is named: from this machine, or, where tokens are configured and <paramref name="admins"/> may too, with an admin's.</summary>
    public bool Admits(HttpContext context, bool admins) =>
        IsLocal(context) || (admins && Resolve(context) is { Role: FlowDispatchRole.Admin });

    /// <summary>Whether anybody but this machine may call at all.</summary>
    public bool HasTokens => _callers.Count > 0;

    private static string Required(IConfigurationSection token, string key, string what) =>
        token[key]?.Trim() is { Length: > 0 } value ? value : throw new InvalidOperationException($"{token.Path}:{key} is missing; it must be {what}.");

    // Loopback alone is not enough: a page that somebody opens in a browser on this machine can call it too.
    private static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote)
        && IsLocal(context.Request.Host.Host)
        && (context.Request.Headers.Origin.ToString() is not { Length: > 0 } origin || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && IsLocal(from.Host)));

    private static bool IsLocal(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    // Looked up by digest, so that the time of a look-up tells nothing about a token.
    private static string Digest(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
